import { shallowRef, watch } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import { fetchFilters } from '@/fields/filters'
import { say, w } from '@/i18n'
import { homeOf } from '@/layout/menu'
import { kindOfPlural } from '@/session/meta'
import { hasRight, me, onSignedOut, readableKinds, ready } from '@/session/session'

declare module 'vue-router' {
  interface RouteMeta {
    open?: boolean
    /* Another address is another page, not the same one with other data. */
    keyed?: boolean
    /* Belongs to the person alone: not looked at through somebody else's eyes. */
    own?: boolean
  }
}

export const startFailure = shallowRef<unknown>(null)

const pages = {
  signIn: () => import('@/pages/SignIn.vue'),
  work: () => import('@/pages/WorkPage.vue'),
  bin: () => import('@/pages/BinPage.vue'),
  search: () => import('@/pages/SearchPage.vue'),
  list: () => import('@/pages/ListPage.vue'),
  create: () => import('@/pages/CreatePage.vue'),
  importStart: () => import('@/pages/ImportStart.vue'),
  import: () => import('@/pages/ImportPage.vue'),
  grid: () => import('@/pages/grid/GridPage.vue'),
  record: () => import('@/pages/RecordPage.vue'),
  account: () => import('@/pages/account/AccountPage.vue'),
  audit: () => import('@/pages/account/AuditPage.vue'),
  responsible: () => import('@/pages/duty/ResponsiblePage.vue'),
  owners: () => import('@/pages/duty/OwnersPage.vue'),
  setup: () => import('@/pages/account/SetupPage.vue'),
  verify: () => import('@/pages/VerifyPage.vue'),
  notices: () => import('@/pages/NoticesPage.vue'),
  mails: () => import('@/pages/MailsPage.vue'),
  lost: () => import('@/pages/NotFound.vue'),
}

export const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/sign-in', name: 'sign-in', meta: { open: true }, component: pages.signIn },
    { path: '/', name: 'home', component: pages.work },
    { path: '/grid', name: 'grid', meta: { own: true }, component: pages.grid },
    { path: '/imports/:id(\\d+)', name: 'import', meta: { keyed: true, own: true }, component: pages.import },
    { path: '/setup', name: 'setup', meta: { open: true }, component: pages.setup },
    { path: '/verify/:code?', name: 'verify', meta: { open: true }, component: pages.verify },
    { path: '/me', name: 'account', meta: { own: true }, component: pages.account },
    { path: '/notices', name: 'notices', meta: { own: true }, component: pages.notices },
    { path: '/mails', name: 'mails', meta: { own: true }, component: pages.mails },
    { path: '/responsible', name: 'responsible', component: pages.responsible },
    { path: '/owners', name: 'owners', component: pages.owners },
    { path: '/bin', name: 'bin', component: pages.bin },
    { path: '/search', name: 'search', component: pages.search },
    { path: '/audit', name: 'audit', component: pages.audit },
    { path: '/:kinds', name: 'list', meta: { keyed: true }, component: pages.list },
    { path: '/:kinds/new', name: 'create', meta: { keyed: true }, component: pages.create },
    { path: '/:kinds/import', name: 'import-start', meta: { keyed: true, own: true }, component: pages.importStart },
    { path: '/:kinds/:id(\\d+)', name: 'record', meta: { keyed: true }, component: pages.record },
    { path: '/:rest(.*)*', name: 'lost', component: pages.lost },
  ],
})

function signInAddress(from: string): { name: string; query: { to?: string } } {
  return { name: 'sign-in', query: from === '/' ? {} : { to: from } }
}

router.beforeEach(async (to) => {
  if (to.meta.open) return true
  try {
    if (!(await ready())) return signInAddress(to.fullPath)
    startFailure.value = null
  } catch (e) {
    startFailure.value = e
    return true
  }
  if (me.value?.must_change_password && to.name !== 'account') return { name: 'account', query: { tab: 'password' } }
  if (me.value?.totp_due && to.name !== 'account') return { name: 'account', query: { tab: 'second' } }
  if ((to.name === 'audit' && !hasRight('audit')) || (to.name === 'mails' && !hasRight('operate')))
    return { name: 'lost', params: { rest: to.path.slice(1).split('/') }, replace: true }
  const home = to.name === 'home' ? homeOf() : null
  if (home) return { path: home, replace: true }
  const plural = to.params.kinds
  if (typeof plural === 'string' && !readableKinds().some((k) => k.plural === plural))
    return { name: 'lost', params: { rest: to.path.slice(1).split('/') }, query: to.query, replace: true }
  return true
})

onSignedOut(() => {
  const here = router.currentRoute.value
  if (here.name !== 'sign-in') void router.replace(signInAddress(here.fullPath))
})

/* Once the first page stands, fetch the others: they open at once, and without a connection too. */
let fetched = false
router.afterEach((to) => {
  if (fetched || to.meta.open) return
  fetched = true
  window.setTimeout(() => {
    for (const page of [pages.work, pages.record, pages.create, pages.importStart, pages.import, pages.list, pages.lost])
      void page().catch(() => undefined)
    void fetchFilters().catch(() => undefined)
  }, 1500)
})

/* A part of the pages is gone: a newer version was installed. Load everything anew, once. */
router.onError((e: unknown, to) => {
  const gone = e instanceof Error && /import|preload|fetch/i.test(e.message)
  if (!gone || !navigator.onLine || sessionStorage.getItem('anlan.reloaded') === to.fullPath) return
  sessionStorage.setItem('anlan.reloaded', to.fullPath)
  location.assign(to.fullPath)
})

/* What pages that belong to no kind are called. */
const own: { [name: string]: () => string } = {
  'sign-in': () => w.value.sign.title,
  home: () => w.value.work.title,
  search: () => w.value.search.title,
  bin: () => w.value.bin.title,
  account: () => w.value.account.title,
  audit: () => w.value.account.audit.title,
  setup: () => w.value.account.setup.title,
  notices: () => w.value.notices.title,
  mails: () => w.value.notices.mails.title,
  responsible: () => w.value.duty.responsible,
  owners: () => w.value.duty.owners,
  grid: () => w.value.grid.title,
  verify: () => w.value.papers.verify.title,
}

/* The window is named after what it shows; a record page puts its own title there. */
function title(): void {
  const to = router.currentRoute.value
  const plural = to.params.kinds
  const kind = typeof plural === 'string' ? kindOfPlural(plural) : undefined
  const page = own[String(to.name)]?.() ?? (kind ? (w.value.kinds[kind.name] ?? say(kind.label)) : '')
  document.title = page ? `${page} - ${w.value.product}` : w.value.product
}

router.afterEach(title)
watch(w, title)
