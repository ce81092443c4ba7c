package pie.runtime;

import pie.engine.event.EventLog;
import pie.engine.event.SessionFile;

/** Turn what a program says into events, in the order in which it was said. */
final class ProcessOutput {
    private final EventLog log;
    private final boolean capture;
    private final OutputBuffer stdout;
    private final OutputBuffer stderr;

    /** @param capture false: nothing is kept */
    ProcessOutput(EventLog log, boolean capture) {
        this.log = log;
        this.capture = capture;
        stdout = new OutputBuffer(text -> {
            if (capture) {
                log.stdout(text);
            }
        });
        stderr = new OutputBuffer(text -> {
            if (capture) {
                log.stderr(text);
            }
        });
    }

    void stdout(String text) {
        stderr.flush();
        stdout.write(text);
    }

    void stderr(String text) {
        stdout.flush();
        stderr.write(text);
    }

    void flush() {
        stdout.flush();
        stderr.flush();
    }

    void message(String text) {
        flush();
        if (capture) {
            log.message(text);
        }
    }

    void file(SessionFile file) {
        flush();
        if (capture) {
            log.file(file);
        }
    }

    String stderrTail() {
        return stderr.tail();
    }
}
