/**
 * The maintained fork of kaniko, https://github.com/osscontainertools/kaniko. Of its images `-debug` has a shell, which
 * GitLab's jobs need. The setting `kaniko_image` names another one, such as a copy in a closed network.
 */
export const KANIKO_IMAGE = 'martizih/kaniko:v1.28.3-debug';
