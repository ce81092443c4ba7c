import { ids, later, ops } from './base.js';

const absent = (name, why, ...statics) => {
  const cls = { [name]: class { constructor() { later(name, why)(); } } }[name];
  for (const s of statics) cls[s] = later(`${name}.${s}`, why);
  return cls;
};
const noMedia = 'no loaded model takes or makes media';
export const Image = absent('Image', noMedia, 'fromBytes');
export const Audio = absent('Audio', noMedia, 'fromBytes');
export const Video = absent('Video', noMedia, 'fromBytes');
export const Speech = absent('Speech', noMedia);
export const SpeechBuilder = absent('SpeechBuilder', noMedia);
// A WAV file of one channel, 16 bits a sample, of samples from -1 to 1.
export const writeWav = (pcm, rate) => ops.write_wav(ids(pcm), rate);
