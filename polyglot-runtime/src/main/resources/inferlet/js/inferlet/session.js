import { given, listed, text, endable, ops, call } from './base.js';

const buffer = (data) => {
  const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : Uint8Array.from(listed(data, 'data'));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
};
export const session = Object.freeze({
  send: (value) => { ops.session_send(text(value)); },
  sendAsync: async (value, options) => { await call(ops.session_send_async(text(value)), options); },
  receive: (options) => endable(async (o) => await call(ops.session_receive(), o), options),
  setReturn: (value) => { ops.session_set_return(text(value)); },
  sendFile: (data, options) => { ops.session_send_file(buffer(data), given(options).name); },
  sendFileAsync: async (data, options) => { await call(ops.session_send_file_async(buffer(data), given(options).name), options); },
  receiveFile: (options) => endable(async (o) => await call(ops.session_receive_file(), o), options),
});
