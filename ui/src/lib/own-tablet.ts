import { api, type User } from './api';
import { publicKey } from './device-key';
import { t } from './i18n';

/** An admin stands at this very tablet: both halves of an enrolment at once. */
export async function enrolThisTablet(me: User) {
	const { code } = await api.giveCode(me.id);
	return api.enrol({ code, name: t('join.tabletOf', { name: me.name }), key: await publicKey() });
}
