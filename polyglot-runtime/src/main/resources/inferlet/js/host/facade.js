// How objects of the library are passed to other languages and come back; the library fills it in.
export const facade = {};
