import tseslint from 'typescript-eslint';

const house = {
  'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
  'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
  complexity: ['error', 10],
  'max-params': ['error', 3],
  'func-style': ['error', 'declaration', { allowArrowFunctions: true }],
  eqeqeq: 'error',
  'no-console': 'error',
  'no-restricted-syntax': [
    'error',
    { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
    { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
    {
      selector: 'MemberExpression[object.name="process"][property.name="env"]',
      message: 'Read the environment in src/system/env.ts.',
    },
    {
      selector: 'MemberExpression[object.name="process"][property.name="exit"]',
      message: 'Exit in src/index.ts.',
    },
  ],
  '@typescript-eslint/no-explicit-any': 'error',
  '@typescript-eslint/no-non-null-assertion': 'error',
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
};

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'build/',
      'node_modules/',
      'coverage/',
      'examples/',
      '*.config.js',
      '.dependency-cruiser.cjs',
    ],
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { project: './tsconfig.json' } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: house,
  },
  {
    // Tests describe, so their outer functions are long; they may look at the environment they were given.
    files: ['**/*.test.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      'no-console': 'off',
      'no-restricted-syntax': 'off',
      '@typescript-eslint/consistent-type-assertions': 'off',
    },
  },
  { files: ['src/system/env.ts', 'src/index.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
