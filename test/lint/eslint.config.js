// The house rules a machine can check. Run by `npm run lint`; the import direction has its own test
// (test/architecture.test.ts).
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {ignores: ['dist/', 'node_modules/', 'native/', 'test/artifacts/']},
  ...tseslint.configs.strictTypeChecked,
  ...tseslint.configs.stylisticTypeChecked,
  {
    languageOptions: {parserOptions: {projectService: {allowDefaultProject: ['test/lint/*.js']}}},
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {allowNumber: true, allowBoolean: true},
      ],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      // Index signatures are read with brackets, as noPropertyAccessFromIndexSignature demands.
      '@typescript-eslint/dot-notation': ['error', {allowIndexSignaturePropertyAccess: true}],
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'exit',
          message: 'Set process.exitCode and return (src/cli/exit-codes.ts).',
        },
      ],
      // A leading _ says: left out on purpose.
      '@typescript-eslint/no-unused-vars': [
        'error',
        {varsIgnorePattern: '^_', argsIgnorePattern: '^_'},
      ],
      eqeqeq: 'error',
      // What prettier does not break: comments, and signatures it gives up on.
      'max-len': [
        'error',
        {
          code: 100,
          ignoreStrings: true,
          ignoreTemplateLiterals: true,
          ignoreRegExpLiterals: true,
          ignoreUrls: true,
        },
      ],
    },
  },
  // Started by Node as it stands: it has no types to check.
  {files: ['test/tools/*.mjs'], ...tseslint.configs.disableTypeChecked},
  {
    files: ['src/{model,inventory,collect,knowledge,rules,steps,plan,report,app}/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        {name: 'process', message: 'The core has no environment: take the value as an argument.'},
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.object.name='Date'][callee.property.name='now'], NewExpression[callee.name='Date'][arguments.length=0]",
          message:
            'The core has no clock: take the time as an argument (src/io/clock.ts reads it).',
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {'@typescript-eslint/no-non-null-assertion': 'off'},
  },
  {files: ['**/*.js'], extends: [tseslint.configs.disableTypeChecked]},
);
