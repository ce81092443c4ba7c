import { H, wrongType, given, endable, ops, call } from './base.js';

// Carries texts between the processes of one user: a pushed one goes to one puller, a broadcast one to all subscriptions.
export class Subscription {
  constructor(key, h) {
    if (key !== H) throw wrongType('Subscription: messaging.subscribe makes them');
    this[H] = h;
  }
  next(options) { return endable(async (o) => await call(ops.sub_next(this[H]), o), options); }
  async *[Symbol.asyncIterator]() {
    for (let message = await this.next(); message !== undefined; message = await this.next()) yield message;
  }
  get dropped() { return ops.sub_dropped(this[H]); }
  unsubscribe() { ops.sub_close(this[H]); }
  close() { this.unsubscribe(); }
  [Symbol.dispose]() { this.unsubscribe(); }
  async [Symbol.asyncDispose]() { this.unsubscribe(); }
}
export const messaging = Object.freeze({
  push: (topic, message) => { ops.topic_push(topic, message); },
  pull: (topic, options) => endable(async (o) => await call(ops.topic_pull(topic), o), options),
  broadcast: (topic, message) => { ops.topic_broadcast(topic, message); },
  subscribe: (topic, options) => new Subscription(H, ops.topic_subscribe(topic, given(options).capacity ?? 1024)),
});
