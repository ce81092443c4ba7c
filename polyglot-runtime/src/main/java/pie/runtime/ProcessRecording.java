package pie.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.EventLog;
import pie.engine.process.Outcome;
import pie.engine.process.ProcessId;
import pie.runtime.bridge.Recorder;
import pie.runtime.replay.RecordingEnd;
import pie.runtime.replay.RecordingHeader;
import pie.runtime.replay.RecordingWriter;

/** Write down the host calls of one run, if its launch asks for that. */
final class ProcessRecording {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessRecording.class);
    private static final long MOST_BYTES = 1L << 30;

    private final ProcessId id;
    private final LaunchRequest request;
    private final EventLog log;
    private volatile @Nullable RecordingWriter writer;
    private volatile @Nullable Path file;

    ProcessRecording(ProcessId id, LaunchRequest request, EventLog log) {
        this.id = id;
        this.request = request;
        this.log = log;
    }

    /** Record what a guest is about to run. @throws PieException STORAGE_FULL if nothing can be written */
    void begin(Guest<?> guest, long seed, String model, Instant created) {
        Optional<Path> folder = request.recordings();
        if (folder.isEmpty()) {
            return;
        }
        Path to = folder.get().resolve(id + ".pierec");
        try {
            Files.createDirectories(folder.get());
            var opened = new RecordingWriter(to, header(seed, model, created), MOST_BYTES);
            writer = opened;
            file = to;
            guest.use(new Recorder(opened, log::lastId));
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.STORAGE_FULL, "recording to " + to + " failed: " + e, Map.of("file", to.toString()), e);
        }
    }

    private RecordingHeader header(long seed, String model, Instant created) {
        ProgramSource source = request.source();
        return new RecordingHeader(
                id.toString(),
                request.owner().value(),
                source.language().word(),
                source.file(),
                source.code(),
                source.files(),
                source.entry(),
                request.input(),
                seed,
                model,
                created.toString());
    }

    void end(Outcome result) {
        RecordingWriter open = writer;
        if (open != null) {
            open.end(
                    switch (result) {
                        case Outcome.Completed done ->
                            new RecordingEnd(result.state().word(), done.value(), null, null, Map.of());
                        case Outcome.Failed failed ->
                            new RecordingEnd(
                                    result.state().word(),
                                    null,
                                    failed.code().name(),
                                    failed.message(),
                                    failed.details());
                    });
        }
    }

    /** Return the file, with all that has been recorded so far. */
    Optional<Path> file() {
        RecordingWriter open = writer;
        if (open != null) {
            open.flush();
        }
        return Optional.ofNullable(file);
    }

    void delete() {
        file().ifPresent(written -> {
            try {
                Files.deleteIfExists(written);
            } catch (IOException e) {
                LOG.warn("recording {} cannot be deleted: {}", written, e.toString());
            }
        });
    }
}
