/**
 * The maintained fork of kaniko, https://github.com/osscontainertools/kaniko. Only the `-debug` image has a shell, which
 * GitLab's jobs need. The setting `kaniko_image` replaces it, for example by a copy in a closed network.
 */
export const KANIKO_IMAGE = 'martizih/kaniko:v1.28.3-debug';
