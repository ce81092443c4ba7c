package pie.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.graalvm.polyglot.Engine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.inferlet.Json;
import pie.runtime.bridge.Tape;
import pie.runtime.replay.Datum;
import pie.runtime.wire.Callee;
import pie.runtime.wire.Message;

/** Run a program in a worker: its host calls are done here, on the thread of its process; force ends the worker. */
final class WorkerGuest<P> implements Guest<P> {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerGuest.class);

    private final WorkerProcess worker;
    private final Callee callee;
    private volatile long cpuBefore;
    private volatile long cpuUsed;
    private volatile boolean begun;
    private @Nullable Thread inside;
    private @Nullable Tape tape;
    private boolean closed;

    /** Start a worker and wait until it is ready. */
    WorkerGuest(Language language, Portable<P> portable, long memory, Engine engine) {
        worker = new WorkerProcess(language, memory);
        boolean ready = false;
        try {
            Message first = worker.link().receive();
            if (first.kind() != Message.Kind.READY) {
                throw new IOException("its first message is " + first.kind());
            }
            callee = new Callee(worker.link(), engine, portable.names());
            ready = true;
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.INTERNAL,
                    "a worker process did not start: " + worker.ended(e).message(),
                    Map.of(),
                    e);
        } finally {
            if (!ready) {
                worker.close();
            }
        }
        worker.onExit(this::gone);
    }

    /** What the program waits for in the server, a worker that has ended takes no more. Any thread. */
    private synchronized void gone() {
        if (!closed && inside != null) {
            inside.interrupt();
            callee.wake();
        }
    }

    private synchronized void enter(@Nullable Thread thread) {
        inside = thread;
    }

    long pid() {
        return worker.pid();
    }

    @Override
    public boolean usable() {
        return worker.lives();
    }

    @Override
    public void complete() {
        var unused = begin("complete");
    }

    @Override
    public String run(Host host, P program, String input) {
        attach(host);
        return text(begin(
                "run",
                new Datum.Text(Json.text(program)),
                new Datum.Text(input),
                new Datum.Whole(host.seed()),
                new Datum.Flag(host.requests().isPresent()),
                new Datum.Flag(host.files().permitted()),
                new Datum.Flag(tape != null)));
    }

    @Override
    public Host.Foreign open(Host host, P program) {
        attach(host);
        List<String> functions = text(begin("open", new Datum.Text(Json.text(program)), new Datum.Whole(host.seed())))
                .lines()
                .toList();
        return new Host.Foreign() {
            @Override
            public List<String> functions() {
                return functions;
            }

            @Override
            public Host.Passed call(String function, Host.Passed arguments) {
                var all = new ArrayList<Datum>(List.of(new Datum.Text(function), new Datum.Text(arguments.json())));
                arguments.handles().forEach(object -> all.add(callee.lend(object)));
                return passed(begin("invoke", all.toArray(Datum[]::new)));
            }
        };
    }

    @Override
    public void use(Tape recorded) {
        tape = recorded;
    }

    private Host.Passed passed(Datum answer) {
        if (!(answer instanceof Datum.Items all) || all.items().isEmpty()) {
            throw strange();
        }
        var handles = new ArrayList<Object>();
        for (Datum handle : all.items().subList(1, all.items().size())) {
            handles.add(callee.object(handle));
        }
        return new Host.Passed(text(all.items().getFirst()), handles);
    }

    private static String text(Datum answer) {
        if (answer instanceof Datum.Text text) {
            return text.value();
        }
        throw strange();
    }

    private static PieException strange() {
        return new PieException(ErrorCode.GUEST_ERROR, "the worker process of the program sent what is no result");
    }

    private void attach(Host host) {
        cpuBefore = worker.cpuNanos();
        begun = true;
        callee.attach(host, tape);
    }

    private Datum begin(String what, Datum... given) {
        enter(Thread.currentThread());
        try {
            return callee.begin(what, List.of(given));
        } catch (IOException e) {
            throw worker.ended(e);
        } finally {
            enter(null);
            var unused = Thread.interrupted(); // what interrupted it, if anything, is the end of the worker
        }
    }

    @Override
    public long cpuNanos() {
        if (begun) {
            cpuUsed = Math.max(cpuUsed, worker.cpuNanos() - cpuBefore);
        }
        return cpuUsed;
    }

    @Override
    public void interrupt() {
        callee.wake();
        Thread.ofVirtual().name("pie-interrupt").start(() -> {
            try {
                worker.link().send(Message.of(Message.Kind.INTERRUPT));
            } catch (IOException gone) {
                LOG.debug("a worker ended before its interrupt", gone);
            }
        });
    }

    @Override
    public void kill() {
        end();
    }

    private synchronized void end() {
        closed = true;
        worker.close();
    }

    @Override
    public void close() {
        var unused = cpuNanos();
        end();
        callee.close();
    }
}
