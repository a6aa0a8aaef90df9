import { ref } from 'vue'

/* Uploads under way in any form on the page; a form is not sent before they end. */
export const pending = ref(0)
