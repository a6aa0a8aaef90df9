import vue from 'eslint-plugin-vue'
import tseslint from 'typescript-eslint'

// Element Plus is wrapped in fields/ and layout/; a page that needs a part of it gets a wrapper there.
const elementPlus = {
  patterns: [
    { group: ['element-plus', 'element-plus/*'], message: 'Only fields/ and layout/ may import Element Plus.' },
  ],
}

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/'] },
  ...tseslint.configs.recommended,
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    files: ['src/**/*.{ts,vue}'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/ban-ts-comment': 'error',
      'no-undef': 'off', // vue-tsc knows the globals
      'no-restricted-imports': ['error', elementPlus],
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/no-v-html': 'error',
      'vue/no-static-inline-styles': 'error', // a style attribute in markup breaks style-src 'self'
      'vue/no-unused-refs': 'error',
      'vue/multi-word-component-names': 'off',
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/attributes-order': 'off',
      'vue/require-default-prop': 'off',
    },
  },
  {
    files: ['src/fields/**', 'src/layout/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
)
