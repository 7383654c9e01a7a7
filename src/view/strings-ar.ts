import type { Table } from "./strings.ts";

/** Arabic counts in six forms. */
const plural = new Intl.PluralRules("ar");
const NEW_UPDATES: Record<Intl.LDMLPluralRule, (count: number) => string> = {
  zero: () => "لا تحديثات جديدة",
  one: () => "تحديث جديد واحد",
  two: () => "تحديثان جديدان",
  few: (count) => `${count} تحديثات جديدة`,
  many: (count) => `${count} تحديثًا جديدًا`,
  other: (count) => `${count} تحديث جديد`,
};

export const ar: Table = {
  // Digits as most Arabic newsrooms on the web write them.
  locale: "ar-u-nu-latn",
  live: "مباشر",
  scheduled: "قريبًا",
  paused: "متوقفة مؤقتًا",
  ended: "انتهت التغطية",
  draft: "مسودة",
  updatedAgo: (when) => `آخر تحديث ${when}`,
  startsAt: (when) => `تبدأ التغطية ${when}`,
  coveragePaused: "ستُستأنف التغطية",
  draftNotice: "لم تُنشر بعد",
  updatesHeld: "التحديثات الجديدة في الانتظار",
  reconnecting: "تجري إعادة الاتصال…",
  offline: "غير متصل",
  offlineShowing: (time) => `غير متصل، المعروض كما كان عند ${time}`,
  notUpdating: "الصفحة لا تتحدّث. أعد تحميلها للمحاولة من جديد.",
  notUpdatingNow: "لا تحديثات الآن. تجري محاولة إعادة الاتصال…",
  gone: {
    title: "هذه التغطية لم تعد متاحة",
    detail: "سحبتها غرفة الأخبار، ولم يبقَ منها شيء في هذه الصفحة.",
  },

  newUpdates: (count) => NEW_UPDATES[plural.select(count)](count),
  pause: "إيقاف مؤقت",
  resume: "استئناف",
  readerZone: "عرض توقيتي المحلي",
  storyZone: "عرض توقيت الحدث",
  newMark: "جديد",
  sinceYouLeft: "الجديد منذ مغادرتك",

  by: "بقلم",
  pinned: "مثبَّت",
  keyMoments: "أبرز اللحظات",
  latestUpdates: "آخر التحديثات",
  earlierUpdates: "تحديثات سابقة",
  noUpdatesYet: "لا تحديثات بعد. ستظهر هنا.",
  olderUpdates: "تحديثات أقدم",
  newerUpdates: "تحديثات أحدث",
  newestUpdates: "آخر التحديثات",
  allUpdates: "كل التحديثات",
  showMore: "عرض المزيد",
  background: "خلفية",
  topics: "مواضيع",
  moreStories: (topic) => `المزيد عن ${topic}`,

  attribution: {
    reported: { before: "نقلًا عن ", after: "" },
    confirmed: { before: "أكّده ", after: "" },
    disputed: { before: "محل خلاف: ", after: "" },
  },
  sources: "المصادر",
  correctedAt: (when) => `تصحيح، ${when}`,
  updatedAt: (when) => `حُدِّث ${when}`,
  copyLink: "نسخ الرابط",
  copied: "نُسخ",
  share: "مشاركة",

  justNow: "الآن",

  skipToUpdates: "انتقل إلى آخر التحديثات",
  allStories: "كل التغطيات",
};
