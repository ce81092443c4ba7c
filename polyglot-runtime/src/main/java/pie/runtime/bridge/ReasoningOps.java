package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import pie.inferlet.Model;
import pie.inferlet.Reasoning;

/** Serve {@code reasoning}. */
final class ReasoningOps {
    private final Bridge bridge;

    ReasoningOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call("reasoning_new", a -> new Reasoning.Decoder(a.handle(0, Model.class)));
        bridge.call("reasoning_feed", a -> event(decoder(a).feed(a.ids(1, "tokens"), a.flag(2, "end"))));
        bridge.call("reasoning_feed_all", a -> {
            var events = new ArrayList<Object>();
            for (Reasoning.Event event : decoder(a).feedAll(a.ids(1, "tokens"), a.flag(2, "end"))) {
                events.add(event(event));
            }
            return dialect.list(events);
        });
        bridge.run("reasoning_reset", a -> decoder(a).reset());
    }

    /** Return an event as kind and value. */
    private Object event(Reasoning.Event event) {
        return bridge.dialect()
                .list(
                        switch (event) {
                            case Reasoning.Event.Idle idle -> List.of("idle", "");
                            case Reasoning.Event.Start start -> List.of("start", "");
                            case Reasoning.Event.Delta delta -> List.of("delta", delta.text());
                            case Reasoning.Event.End end -> List.of("end", end.text());
                        });
    }

    private static Reasoning.Decoder decoder(Args a) {
        return a.handle(0, Reasoning.Decoder.class);
    }
}
