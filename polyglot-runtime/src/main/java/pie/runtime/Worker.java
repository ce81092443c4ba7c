package pie.runtime;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.inferlet.Host;
import pie.runtime.replay.Datum;
import pie.runtime.wire.Caller;
import pie.runtime.wire.Link;
import pie.runtime.wire.Message;
import tools.jackson.databind.json.JsonMapper;

/**
 * Run one program for a server: the main program of a worker process. It speaks over its standard streams and ends when the server
 * does.
 */
public final class Worker<P> {
    private static final long STACK_BYTES = 16L << 20;

    private final GuestLanguage<P> language;
    private final Portable<P> portable;
    private final Link link;
    private final BlockingQueue<Message> messages = new LinkedBlockingQueue<>();
    private volatile @Nullable Guest<P> guest;
    private Host.@Nullable Foreign opened;

    private Worker(GuestLanguage<P> language, Link link) {
        this.language = language;
        this.portable = language.portable().orElseThrow();
        this.link = link;
    }

    /** @param args the word of the language */
    public static void main(String[] args) throws IOException {
        InputStream in = System.in;
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        System.setIn(InputStream.nullInputStream());
        System.setOut(System.err);
        Language word = Language.ofWord(args[0]).orElseThrow();
        GuestLanguageProvider provider = ServiceLoader.load(GuestLanguageProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(each -> each.languages().contains(word))
                .findFirst()
                .orElseThrow();
        new Worker<>(provider.create(RuntimeConfig.DEFAULT), new Link(in, out)).listen();
    }

    /** Read what the server sends; its end is this process's. */
    private void listen() {
        Thread.ofPlatform().name("guest").stackSize(STACK_BYTES).start(this::work);
        try {
            while (true) {
                Message message = link.receive();
                Guest<P> running = guest;
                if (message.kind() != Message.Kind.INTERRUPT) {
                    messages.add(message);
                } else if (running != null) {
                    running.interrupt();
                }
            }
        } catch (IOException serverGone) {
            Runtime.getRuntime().halt(0);
        }
    }

    private void work() {
        try {
            Guest<P> prepared = language.prepare();
            guest = prepared;
            var caller = new Caller(link, messages, portable.membersAreData());
            prepared.use(caller);
            link.send(Message.of(Message.Kind.READY));
            while (true) {
                Message asked = messages.take();
                link.send(Message.of(Message.Kind.ENDED, told(prepared, caller, asked)));
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            e.printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private Datum told(Guest<P> prepared, Caller caller, Message asked) {
        try {
            return done(prepared, caller, asked.name(), ((Datum.Items) asked.value()).items());
        } catch (Throwable e) {
            return Datum.Failure.of(Mishap.of(e));
        }
    }

    private Datum done(Guest<P> prepared, Caller caller, String what, List<Datum> given) {
        switch (what) {
            case "complete" -> {
                prepared.complete();
                return Datum.ABSENT;
            }
            case "run" -> {
                Host host = new WorkerHost(caller, whole(given.get(2)), flag(given.get(3)), flag(given.get(4)));
                if (flag(given.get(5))) {
                    caller.record();
                }
                return new Datum.Text(prepared.run(host, program(given), text(given.get(1))));
            }
            case "open" -> {
                Host.Foreign module =
                        prepared.open(new WorkerHost(caller, whole(given.get(1)), false, false), program(given));
                opened = module;
                return new Datum.Text(String.join("\n", module.functions()));
            }
            case "invoke" -> {
                return invoked(caller, given);
            }
            default -> throw new PieException(ErrorCode.INTERNAL, "a worker cannot " + what);
        }
    }

    private Datum invoked(Caller caller, List<Datum> given) {
        Host.Foreign module = opened;
        if (module == null) {
            throw new PieException(ErrorCode.INTERNAL, "no module is open");
        }
        var handles = new ArrayList<Object>();
        given.subList(2, given.size()).forEach(handle -> handles.add(caller.borrow(((Datum.Handle) handle).number())));
        Host.Passed answer = module.call(text(given.getFirst()), new Host.Passed(text(given.get(1)), handles));
        var all = new ArrayList<Datum>();
        all.add(new Datum.Text(answer.json()));
        answer.handles().forEach(object -> all.add(caller.handle(object)));
        return new Datum.Items(all);
    }

    private P program(List<Datum> given) {
        return JsonMapper.shared().readValue(text(given.getFirst()), portable.type());
    }

    private static String text(Datum datum) {
        return ((Datum.Text) datum).value();
    }

    private static boolean flag(Datum datum) {
        return ((Datum.Flag) datum).value();
    }

    private static long whole(Datum datum) {
        return ((Datum.Whole) datum).value();
    }
}
