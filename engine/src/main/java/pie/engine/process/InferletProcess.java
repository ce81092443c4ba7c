package pie.engine.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.event.SessionFile;
import pie.engine.market.Explanation;
import pie.engine.trace.Timeline;

/** Stand for one run of a program. All methods return at once and may be called from any thread. */
public interface InferletProcess {
    ProcessId id();

    OwnerId owner();

    /** Return {@code process} for a program, {@code app} for one that answers HTTP requests, {@code openai} for a plain generation that an OpenAI route asked for. */
    default String kind() {
        return "process";
    }

    /** Return {@code name@version}; for inline source {@code <file stem>@0.0.0}. */
    String program();

    /** Return {@code python}, {@code javascript}, {@code typescript} or {@code java}; {@code none} where no guest runs. */
    String language();

    String model();

    Map<String, String> labels();

    Instant created();

    Optional<Instant> started();

    Optional<Instant> ended();

    ProcessState state();

    /** Return where its time goes now: {@code guest forward queue message timer output host} … */
    String waitingFor();

    EventLog log();

    ProcessTotals totals();

    /** Return its totals as the engine has last put them up, which asks nobody for anything. */
    default ProcessTotals glance() {
        return totals();
    }

    /** Return nanoseconds of its life by where they went, in the words of {@link #waitingFor}, {@code queued} and {@code starting}. */
    default Map<String, Long> waits() {
        return Map.of();
    }

    /** Return nanoseconds from the launch to the first token that was kept, empty before. */
    default OptionalLong firstTokenNanos() {
        return OptionalLong.empty();
    }

    /** Say why it waits or runs slowly, by model; once it has ended, what could be said last. */
    Map<String, Explanation> explain();

    /** Return CPU nanoseconds of the guest's thread so far. */
    long guestCpuNanos();

    Budget budget();

    /**
     * Queue a text for {@code session.receive}.
     *
     * @return queued messages, this one included
     * @throws pie.engine.PieException CONFLICT once ended, RATE_LIMITED if the inbox is full
     */
    int deliver(String message);

    /**
     * Queue a file for {@code session.receive_file}.
     *
     * @param content read to its end on the calling thread
     * @param hash BLAKE3 of the content in hex, if it is known
     * @throws pie.engine.PieException CONFLICT once ended, RATE_LIMITED and PAYLOAD_TOO_LARGE beyond the limits, STORAGE_FULL,
     *     INVALID_ARGUMENT for a content of another hash
     * @throws IOException if the content cannot be read
     */
    default SessionFile deliverFile(String name, InputStream content, Optional<String> hash) throws IOException {
        throw new PieException(ErrorCode.UNSUPPORTED, "process " + id() + " takes no files");
    }

    /** List the files that went either way, oldest first. */
    default List<SessionFile> files() {
        return List.of();
    }

    /** Return where the content of a file is kept as long as the process is. @throws pie.engine.PieException NOT_FOUND */
    default Path fileContent(String hash) {
        throw new PieException(ErrorCode.NOT_FOUND, "process " + id() + " has no file " + hash, Map.of("kind", "file"));
    }

    /**
     * Raise CANCELLED in the guest at its next host call, and end it by force after the kill grace.
     *
     * @param by {@code owner admin client_gone parent shutdown}
     */
    void interrupt(String by);

    /** End the guest now. */
    void kill(String by);

    /** Return the file that its life is recorded in, as far as it has gone; empty if it is not. */
    default Optional<Path> recording() {
        return Optional.empty();
    }

    /** Return the record of its life so far; empty if nobody asked for one. */
    default Optional<Timeline> timeline() {
        return Optional.empty();
    }

    /**
     * Record its life from now on, unless it is recorded already.
     *
     * @return what {@link #timeline} returns from then on
     * @throws PieException CONFLICT for one that has ended unrecorded, UNSUPPORTED where no program runs
     */
    default Timeline profile() {
        throw new PieException(
                ErrorCode.UNSUPPORTED, "process " + id() + " runs no program: there is nothing to profile");
    }

    /** Record the steps that it takes part in from now on, and nothing else, unless its life is recorded. @param steps made by {@link Timeline#ofSteps} */
    default void recordSteps(Timeline steps) {}

    /** Completes when the process has ended, its terminal event is logged and its pages are back. */
    CompletableFuture<Outcome> outcome();
}
