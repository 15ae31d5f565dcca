/** The label of the data channels that are the kit's own. A page's may have any other. */
export const LABEL = 'rtc-elements';
