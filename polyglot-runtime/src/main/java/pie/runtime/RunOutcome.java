package pie.runtime;

import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.event.Texts;
import pie.engine.process.Outcome;
import pie.engine.process.ProcessId;
import pie.engine.process.ProcessState;

/** Say how a run ended, from what its program returned or threw and why it was told to end. */
final class RunOutcome {
    private static final Logger LOG = LoggerFactory.getLogger(RunOutcome.class);

    /** Bytes of a result: it is held until the process is forgotten, and again for each who asks for it. */
    private static final int RESULT_MAX = 16 << 20;

    private final ProcessId id;
    private final String program;
    private final ProcessHost host;

    RunOutcome(ProcessId id, String program, ProcessHost host) {
        this.id = id;
        this.program = program;
        this.host = host;
    }

    /** @param value text that the entry returned, "" for nothing: then what the program set before counts */
    Outcome returned(String value) {
        String set = host.returned();
        String result = value.isEmpty() && set != null ? set : value;
        if (Texts.exceeds(result, RESULT_MAX)) {
            return told(new PieException(
                    ErrorCode.LIMIT_EXCEEDED,
                    "the result is larger than the " + (RESULT_MAX >> 20)
                            + " MiB that are kept: write it to a file, or send it in parts",
                    Map.of("limit", "return", "bytes", RESULT_MAX)));
        }
        PieException ending = host.ending();
        if (ending == null) {
            return new Outcome.Completed(result);
        }
        host.returns(result);
        return told(ending);
    }

    /** A process ends even if what ended it is an object of the program that cannot be asked what it is. */
    Outcome failed(Throwable error) {
        try {
            return told(error);
        } catch (Throwable mute) {
            String type = error.getClass().getName();
            LOG.error("guest {} failed with a {} that cannot be told", id, type);
            return told(new PieException(ErrorCode.GUEST_ERROR, "an error that cannot be told: " + type));
        }
    }

    private Outcome told(Throwable error) {
        PieException ending = host.ending();
        PieException failure = ending != null ? ending : Mishap.of(error, id, program);
        ProcessState end = failure.code() == ErrorCode.BUDGET_EXHAUSTED
                ? ProcessState.EXHAUSTED
                : ending != null && failure.code() == ErrorCode.CANCELLED
                        ? ProcessState.CANCELLED
                        : ProcessState.FAILED;
        var details = new LinkedHashMap<String, Object>(failure.details());
        String errors = host.stderrTail();
        if (failure.code() == ErrorCode.GUEST_ERROR && !errors.isEmpty()) {
            details.put("stderr", errors);
        }
        return new Outcome.Failed(end, failure.code(), failure.message(), Map.copyOf(details), host.returned());
    }
}
