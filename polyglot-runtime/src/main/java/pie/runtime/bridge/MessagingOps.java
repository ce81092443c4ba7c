package pie.runtime.bridge;

import pie.inferlet.Host;

/** Serve {@code messaging}. */
final class MessagingOps {
    private final Bridge bridge;

    MessagingOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        bridge.run("topic_push", a -> topics().push(a.text(0, "topic"), a.text(1, "message")));
        bridge.run("topic_broadcast", a -> topics().broadcast(a.text(0, "topic"), a.text(1, "message")));
        bridge.call("topic_subscribe", a -> topics().subscribe(a.text(0, "topic"), a.atLeast(1, "capacity", 1)));
        bridge.startGiven("topic_pull", "message", a -> {
            String topic = a.text(0, "topic");
            return new Bridge.Started<>(
                    topics().pull(topic),
                    text -> text,
                    text -> bridge.host().topics().giveBack(topic, text));
        });
        bridge.startGiven("sub_next", "message", a -> {
            Host.Mailbox mailbox = mailbox(a);
            bridge.host().checkLive();
            return new Bridge.Started<>(
                    mailbox.next(),
                    text -> text.<Object>map(t -> t).orElseGet(bridge.dialect()::absent),
                    text -> text.ifPresent(mailbox::giveBack));
        });
        bridge.run("sub_close", a -> mailbox(a).close());
        bridge.call("sub_dropped", a -> mailbox(a).dropped());
    }

    private Host.Topics topics() {
        bridge.host().checkLive();
        return bridge.host().topics();
    }

    private static Host.Mailbox mailbox(Args a) {
        return a.handle(0, Host.Mailbox.class);
    }
}
