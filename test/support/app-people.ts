/** How to write to the people of the one app of a test, and as whom. */
export const APP_PEOPLE = {
  timeZoneOf: () => 'Asia/Shanghai',
  languageOf: () => 'zh' as const,
  senderOf: () => '某公司',
  unknownPeople: async () => [],
};
