package pie.runtime.bridge;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import pie.inferlet.Chat;
import pie.inferlet.Model;

/** Serve {@code chat}. */
final class ChatOps {
    private final Bridge bridge;

    ChatOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call("chat_system", a -> dialect.ints(Chat.system(model(a), a.text(1, "text"))));
        bridge.call("chat_user", a -> dialect.ints(Chat.user(model(a), a.text(1, "text"))));
        bridge.call("chat_assistant", a -> dialect.ints(Chat.assistant(model(a), a.text(1, "text"))));
        bridge.call("chat_first_user", a -> dialect.ints(Chat.firstUser(model(a), a.text(1, "text"))));
        bridge.call(
                "chat_system_user",
                a -> dialect.ints(Chat.systemUser(model(a), a.text(1, "system"), a.text(2, "text"))));
        bridge.call(
                "chat_render",
                a -> dialect.ints(Chat.render(
                        model(a),
                        messages(a),
                        a.has(4) ? ToolOps.tools(a, 4) : List.of(),
                        a.flag(2, "add_generation_prompt"),
                        a.map(3, "template"))));
        bridge.call("chat_cue", a -> dialect.ints(Chat.cue(model(a))));
        bridge.call("chat_seal", a -> dialect.ints(Chat.seal(model(a))));
        bridge.call("chat_stop_tokens", a -> dialect.ints(Chat.stopTokens(model(a))));
        bridge.call("decoder_new", a -> new Chat.Decoder(model(a), a.flag(1, "include_reasoning")));
        bridge.call("decoder_feed", a -> event(decoder(a).feed(a.ids(1, "tokens"), a.flag(2, "end"))));
        bridge.call("decoder_feed_all", a -> {
            var events = new ArrayList<Object>();
            for (Chat.Event event : decoder(a).feedAll(a.ids(1, "tokens"), a.flag(2, "end"))) {
                events.add(event(event));
            }
            return dialect.list(events);
        });
        bridge.run("decoder_reset", a -> decoder(a).reset());
    }

    /** Return an event as kind and value. */
    private Object event(Chat.Event event) {
        return bridge.dialect()
                .list(
                        switch (event) {
                            case Chat.Event.Idle idle -> List.of("idle", "");
                            case Chat.Event.Delta delta -> List.of("delta", delta.text());
                            case Chat.Event.Done done -> List.of("done", done.text());
                            case Chat.Event.Interrupt interrupt -> List.of("interrupt", interrupt.token());
                        });
    }

    private static Model model(Args a) {
        return a.handle(0, Model.class);
    }

    private static Chat.Decoder decoder(Args a) {
        return a.handle(0, Chat.Decoder.class);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> messages(Args a) {
        if (!(a.plain(1, "messages") instanceof List<?> list)) {
            throw Args.invalidType("messages must be a list of {role, content}");
        }
        for (Object message : list) {
            if (!(message instanceof Map<?, ?> map) || !map.containsKey("role")) {
                throw Args.invalidType("messages must be a list of {role, content}, got " + message);
            }
        }
        return (List<Map<String, Object>>) list;
    }
}
