package pie.inferlet;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.OpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import pie.engine.Engine;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.process.OwnerId;
import pie.engine.process.ProcessId;
import pie.engine.trace.Timeline;

/**
 * Connect the API objects of one process with the engine side. Made by the runtime, bound to the threads of the process; programs
 * never see it.
 */
public interface Host {
    /** Waited for: the first of what has {@link #begun}, in the order of its words; {@code host} if nothing has. */
    String BEGUN = "";

    ProcessId id();

    OwnerId owner();

    /** Return {@code name@version}. */
    String program();

    /** Return the engines that the process may use, its default model first. */
    List<Engine> engines();

    /** Return the seed of everything random that names no seed of its own. */
    long seed();

    /** Say whether the program may share its prefixes with all users. */
    default boolean mayPublish() {
        return false;
    }

    /** Throw CANCELLED if the process is being ended. Called by every operation that does work; not by those that free. */
    void checkLive();

    /**
     * Wait for an operation on the calling guest thread; an interrupt of the process ends the wait with CANCELLED and cancels the
     * operation.
     *
     * @param what where the time goes: {@code forward queue message timer output host}, or {@link #BEGUN}
     */
    <T extends @Nullable Object> T await(CompletableFuture<T> operation, String what);

    /**
     * Take note of an operation that the program may wait for later on, without a word for what, as one does that joins futures.
     *
     * @param what where that time would go: {@code forward message file timer host}
     */
    default <T extends @Nullable Object> CompletableFuture<T> begun(CompletableFuture<T> operation, String what) {
        return operation;
    }

    /**
     * Say that the program is about to wait in its own event loop; what it has printed goes out.
     *
     * @param what where the time goes, in the words of {@link #await}
     */
    void idle(String what);

    /** Say that the program goes on after {@link #idle}. */
    void busy();

    /** Return what runs pieces of the Java code that is running now on its own thread, when that next waits for a future. */
    default Executor programThread() {
        throw new PieException(ErrorCode.INTERNAL, "nothing runs pieces of this program");
    }

    /** Take what {@link #programThread} returns from now on; returns what it was. */
    default @Nullable Executor programRunsOn(@Nullable Executor own) {
        return null;
    }

    void stdout(String text);

    void stderr(String text);

    /** Send out what was printed without a line end. */
    void flush();

    /** Log a message event; waits while an attached client lags. */
    void message(String text);

    /** Log a message event without waiting; what the program says later comes after it. Completes when it is logged. */
    default CompletableFuture<@Nullable Void> messageAsync(String text) {
        message(text);
        return CompletableFuture.completedFuture(null);
    }

    /** Take the oldest queued message, now or when it comes. Cancelling the future loses no message. */
    CompletableFuture<String> receive();

    /** Put a received message back in front, as it will not be delivered. */
    void giveBack(String message);

    /** Send a file to the client. @param name "" for none; @throws PieException BUDGET_EXHAUSTED, PAYLOAD_TOO_LARGE, STORAGE_FULL */
    default void sendFile(byte[] content, String name) {
        throw Unsupported.later("session.send_file: this process has no client");
    }

    /** Send a file without waiting for the client; see {@link #messageAsync}. */
    default CompletableFuture<@Nullable Void> sendFileAsync(byte[] content, String name) {
        sendFile(content, name);
        return CompletableFuture.completedFuture(null);
    }

    /** Take the oldest file of the client, now or when it comes. Cancelling the future loses no file. */
    default CompletableFuture<ClientFile> receiveFile() {
        throw Unsupported.later("session.receive_file: this process has no client");
    }

    /** Put a received file back in front, as it will not be delivered. */
    default void giveBackFile(ClientFile file) {}

    /** A file of the client. */
    @FunctionalInterface
    interface ClientFile {
        /** Read it. @throws PieException NOT_FOUND if the process has been forgotten */
        byte[] content();
    }

    /** Set the result of a program whose entry returns nothing. */
    void returns(String text);

    Stats stats();

    /** Return where the life of the process is written down, null unless it is profiled. */
    default @Nullable Timeline timeline() {
        return null;
    }

    /** Say why the process waits or runs slowly: the record of the server's explain route. */
    default CompletableFuture<Map<String, Object>> explain() {
        throw Unsupported.later("scheduling.explain: this process has no engine");
    }

    /** Return the topics that the processes of the user share. */
    default Topics topics() {
        throw Unsupported.later("messaging: this process has no topics");
    }

    /** Return what starts other processes. */
    default Launcher launcher() {
        throw Unsupported.later("runtime.launch: this process starts no others");
    }

    /** Return what asks other hosts. @throws PieException PERMISSION_DENIED on each request without permission */
    default Web web() {
        throw new PieException(ErrorCode.PERMISSION_DENIED, "this program has no network permission");
    }

    /** Return the HTTP requests that the program is there to answer; empty for any other program. */
    default Optional<Requests> requests() {
        return Optional.empty();
    }

    /** Return the files of the process. */
    default Files files() {
        throw new PieException(ErrorCode.PERMISSION_DENIED, "this program has no files permission");
    }

    /** Return the MCP servers that the program may call. */
    default McpServers mcp() {
        throw Unsupported.later("mcp: this process knows no servers");
    }

    /**
     * Load a file of the program that is written in another language, once.
     *
     * @param file path below the program's folder
     * @throws PieException NOT_FOUND, INVALID_ARGUMENT for a name that tells no language, UNSUPPORTED for a language that is not
     *     offered, SOURCE_ERROR with {@code file line column}, LIMIT_EXCEEDED; what its top-level code throws
     */
    default Foreign load(String file) {
        throw Unsupported.later("polyglot.load: this process loads nothing");
    }

    /** A file in another language. Its calls run on the program's thread, to their end. */
    interface Foreign {
        /** Return the names of its functions. */
        List<String> functions();

        /**
         * Call a function.
         *
         * @param arguments a list
         * @throws PieException NOT_FOUND; what the function threw: GUEST_ERROR for an exception that is none of ours
         */
        Passed call(String function, Passed arguments);
    }

    /**
     * Values on their way from one language to another: plain ones by value, objects of this interface by reference.
     *
     * @param json the value; see {@link Passing} for what stands for a handle
     * @param handles objects of this interface
     */
    record Passed(String json, List<Object> handles) {}

    /** Return the host of the calling thread's process. */
    static Host current() {
        Host host = Bound.HOST.get();
        if (host == null) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED, "the inferlet API works on the threads of a running program only");
        }
        return host;
    }

    /** Bind the calling thread, and threads that it starts, to a process; null unbinds. For the runtime. */
    static void bind(@Nullable Host host) {
        if (host == null) {
            Bound.HOST.remove();
        } else {
            Bound.HOST.set(host);
        }
    }

    /** Carry texts between the processes of one user. */
    interface Topics {
        /** Append to a queue. @throws PieException BUDGET_EXHAUSTED with a full one */
        void push(String topic, String message);

        /** Take the oldest text of a queue, now or when it comes. Cancelling the future loses no text. */
        CompletableFuture<String> pull(String topic);

        /** Put a pulled text back in front, as it will not be delivered. */
        void giveBack(String topic, String message);

        /** Hand a text to all present subscriptions. */
        void broadcast(String topic, String message);

        Mailbox subscribe(String topic, int capacity);
    }

    /** Keep the texts of one subscription. */
    interface Mailbox {
        /** Take the oldest text, now or when it comes; empty once closed. */
        CompletableFuture<Optional<String>> next();

        /** Put a text back in front, as it will not be delivered. */
        void giveBack(String message);

        /** Return how many texts were lost, oldest first, because nobody took them in time. */
        long dropped();

        void close();
    }

    /** Start other processes. */
    @FunctionalInterface
    interface Launcher {
        /**
         * Start a child; returns at once.
         *
         * @param program {@code name@x.y.z}
         * @param input JSON text, or any other
         * @param tokens budget taken from what the parent has left, empty for none of its own
         * @throws PieException INVALID_ARGUMENT for the form of the name, PERMISSION_DENIED, BUDGET_EXHAUSTED
         */
        Offspring launch(String program, String input, OptionalLong tokens);
    }

    /** Stand for a child process. */
    interface Offspring {
        String pid();

        /** Complete with its result or its failure; the same future each time. */
        CompletableFuture<String> result();

        void cancel();
    }

    /** Ask other hosts over HTTP. */
    @FunctionalInterface
    interface Web {
        /**
         * Send a request and follow redirects.
         *
         * @throws PieException INVALID_ARGUMENT; the future fails with PERMISSION_DENIED for a host or address that may not be
         *     asked, UPSTREAM_FAILURE, TIMEOUT
         */
        CompletableFuture<WebResponse> send(WebRequest request);
    }

    /**
     * A request.
     *
     * @param headers names and values in turn
     * @param body empty for none
     * @param redirects most hops to follow; -1: the answer that redirects is the answer
     */
    record WebRequest(String method, String url, List<String> headers, Optional<byte[]> body, int redirects) {}

    /** An answer whose body is still to be read, once. */
    interface WebResponse extends AutoCloseable {
        int status();

        String url();

        boolean redirected();

        /** Return names and values in turn, names in lower case. */
        List<String> headers();

        /** Read on; empty at the end. */
        CompletableFuture<Optional<byte[]>> next();

        /** Read all that is left. */
        CompletableFuture<byte[]> rest();

        @Override
        void close();
    }

    /** Bring HTTP requests to a program. */
    interface Requests {
        /** Take the oldest request, now or when it comes; empty when no more will. Cancelling the future loses no request. */
        CompletableFuture<Optional<Incoming>> next();

        /** Put a request back in front, as it will not be delivered. */
        void giveBack(Incoming request);
    }

    /** A request to this program, to be answered once. */
    interface Incoming {
        String method();

        /** Return what comes after the program's own address, with a slash in front. */
        String path();

        /** Return the query as it was sent, without the question mark. */
        String query();

        /** Return names and values in turn, names in lower case. */
        List<String> headers();

        /** Read on; empty at the end. Fails with CANCELLED if the client has left, PAYLOAD_TOO_LARGE. */
        CompletableFuture<Optional<byte[]>> next();

        /** Read all that is left. */
        CompletableFuture<byte[]> rest();

        /** Complete when the client has left before the answer was whole. */
        CompletableFuture<Boolean> gone();

        /** Begin the answer. @throws PieException INVALID_ARGUMENT for a status, or if it has begun */
        void begin(int status, List<String> headers);

        /** Send a piece of the answer's body; completes when it has been sent. Fails with CANCELLED if the client has left. */
        CompletableFuture<Boolean> write(byte[] piece);

        /** End the answer. */
        void end();

        /** Give up: the client is told of a failure, or cut off if the answer has begun. */
        void fail();
    }

    /**
     * Keep files under {@code /scratch}, {@code /data} and, read-only, {@code /app}. Paths are absolute or below {@code /scratch}; what
     * lies outside raises {@link java.nio.file.AccessDeniedException}, as all writing does without the permission.
     */
    interface Files {
        SeekableByteChannel open(String path, Set<? extends OpenOption> options) throws IOException;

        FileStatus status(String path) throws IOException;

        /** Return the names in a folder, sorted. */
        List<String> list(String path) throws IOException;

        void createDirectory(String path) throws IOException;

        /** Delete a file or an empty folder. */
        void delete(String path) throws IOException;

        void move(String from, String to, boolean replace) throws IOException;

        /** Say whether there is more than {@code /app}. */
        default boolean permitted() {
            return true;
        }

        /** Return what {@code scratch} and {@code data} hold. @throws PieException PERMISSION_DENIED */
        Map<String, FileUsage> usage();
    }

    /** @param modified milliseconds of the epoch */
    record FileStatus(boolean directory, long size, long modified) {}

    record FileUsage(long used, long allowed, int files, int allowedFiles) {}

    /** Call servers of the Model Context Protocol. */
    interface McpServers {
        List<String> available();

        /** Connect and shake hands. Fails with NOT_FOUND, UPSTREAM_FAILURE. */
        CompletableFuture<McpLink> connect(String name);
    }

    /** A connection to a server. */
    interface McpLink {
        /** Return the result of a request as JSON text. Fails with UPSTREAM_FAILURE. @param params JSON text */
        CompletableFuture<String> request(String method, String params);
    }

    /** Hold the binding. */
    final class Bound {
        private static final InheritableThreadLocal<@Nullable Host> HOST = new InheritableThreadLocal<>();

        private Bound() {}
    }
}
