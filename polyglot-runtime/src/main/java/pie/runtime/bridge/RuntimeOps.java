package pie.runtime.bridge;

import java.util.OptionalLong;
import java.util.concurrent.CompletionException;
import pie.inferlet.Host;
import pie.inferlet.PieRuntime;

/** Serve {@code runtime} and {@code session}. */
final class RuntimeOps {
    private final Bridge bridge;

    RuntimeOps(Bridge bridge) {
        this.bridge = bridge;
    }

    void register() {
        Dialect dialect = bridge.dialect();
        bridge.call("runtime_version", a -> PieRuntime.version());
        bridge.call("runtime_instance_id", a -> PieRuntime.instanceId());
        bridge.call("runtime_username", a -> PieRuntime.username());
        bridge.call("runtime_program", a -> PieRuntime.program());
        bridge.call("runtime_models", a -> dialect.list(PieRuntime.models()));
        bridge.call("runtime_stats", a -> dialect.record(PieRuntime.stats()));
        bridge.call("runtime_seed", a -> bridge.host().seed() & 0x1f_ffff_ffff_ffffL);
        bridge.call("runtime_launch", a -> {
            bridge.host().checkLive();
            OptionalLong tokens = a.has(2) ? OptionalLong.of(a.atLeast(2, "token_budget", 1)) : OptionalLong.empty();
            return bridge.host().launcher().launch(a.text(0, "program"), a.text(1, "input"), tokens);
        });
        bridge.call("child_pid", a -> child(a).pid());
        bridge.call(
                "child_poll",
                a -> child(a).result().isDone()
                        ? result(child(a))
                        : bridge.dialect().absent());
        bridge.run("child_cancel", a -> child(a).cancel());
        bridge.<String>start("child_wait", "host", a -> child(a).result().copy(), text -> text);
        bridge.run("session_send", a -> {
            bridge.host().checkLive();
            bridge.host().message(a.text(0, "message"));
        });
        bridge.start(
                "session_send_async",
                "output",
                a -> {
                    bridge.host().checkLive();
                    return bridge.host().messageAsync(a.text(0, "message"));
                },
                sent -> dialect.absent());
        bridge.run("session_set_return", a -> bridge.host().returns(a.text(0, "text")));
        bridge.<String>start(
                "session_receive",
                "message",
                a -> {
                    Host host = bridge.host();
                    host.checkLive();
                    return host.receive();
                },
                text -> text,
                text -> bridge.host().giveBack(text));
        bridge.run("session_send_file", a -> {
            bridge.host().checkLive();
            bridge.host().sendFile(a.blob(0, "data"), a.has(1) ? a.text(1, "name") : "");
        });
        bridge.start(
                "session_send_file_async",
                "output",
                a -> {
                    bridge.host().checkLive();
                    return bridge.host().sendFileAsync(a.blob(0, "data"), a.has(1) ? a.text(1, "name") : "");
                },
                sent -> dialect.absent());
        bridge.<Host.ClientFile>start(
                "session_receive_file",
                "file",
                a -> {
                    bridge.host().checkLive();
                    return bridge.host().receiveFile();
                },
                file -> bridge.dialect().bytes(file.content()),
                file -> bridge.host().giveBackFile(file));
    }

    private static Host.Offspring child(Args a) {
        return a.handle(0, Host.Offspring.class);
    }

    private static String result(Host.Offspring child) {
        try {
            return child.result().join();
        } catch (CompletionException e) {
            throw Operations.failure(e.getCause() == null ? e : e.getCause());
        }
    }
}
