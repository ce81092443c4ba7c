package pie.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import pie.cli.EventPrinter.Mode;
import pie.engine.ErrorCode;
import pie.engine.event.ProcessEvent;

final class EventPrinterTest {
    private static final Instant T = Instant.parse("2026-01-01T00:00:00Z");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private EventPrinter printer(Mode mode, boolean pretty) {
        return new EventPrinter(mode, new PrintWriter(out), new PrintWriter(err), pretty);
    }

    private static void say(EventPrinter p, ProcessEvent last) {
        p.event(new ProcessEvent.Stdout(1, T, "Hel"));
        p.event(new ProcessEvent.Stderr(2, T, "warning\n"));
        p.event(new ProcessEvent.Message(3, T, "lo"));
        p.event(last);
    }

    @Test
    void relaysStreamsAndMessagesAndPutsTheValueOnItsOwnLine() {
        EventPrinter p = printer(Mode.RELAY, false);
        say(p, new ProcessEvent.Returned(4, T, "{\"a\":1}"));
        assertThat(out).hasToString("Hello\n{\"a\":1}\n");
        assertThat(err).hasToString("warning\n");
        assertThat(p.exitCode()).isZero();
    }

    @Test
    void printsTheValueAlone() {
        say(printer(Mode.VALUE, false), new ProcessEvent.Returned(4, T, "x"));
        assertThat(out).hasToString("x\n");
        assertThat(err).hasToString("");
    }

    @Test
    void anEmptyValuePrintsNothing() {
        say(printer(Mode.VALUE, true), new ProcessEvent.Returned(4, T, ""));
        assertThat(out).hasToString("");
    }

    @Test
    void spreadsJsonOnATerminalAndLeavesTextAlone() {
        printer(Mode.VALUE, true).event(new ProcessEvent.Returned(1, T, "{\"a\":1}"));
        printer(Mode.VALUE, true).event(new ProcessEvent.Returned(1, T, "{not json"));
        assertThat(out).hasToString("{\n  \"a\" : 1\n}\n{not json\n");
    }

    @Test
    void aFailureShowsTheProgramsTracebackAndTheCodesExit() {
        EventPrinter p = printer(Mode.RELAY, false);
        say(
                p,
                new ProcessEvent.Failed(
                        4,
                        T,
                        ErrorCode.BUDGET_EXHAUSTED,
                        "tokens spent",
                        Map.of("traceback", "File \"x.py\", line 3\n")));
        assertThat(err.toString()).endsWith("File \"x.py\", line 3\npie: tokens spent\n");
        assertThat(p.exitCode()).isEqualTo(6);
    }

    @Test
    void aCodeThatTheGuestRaisedIsAFailedProgram() {
        EventPrinter p = printer(Mode.RELAY, false);
        p.event(new ProcessEvent.Failed(1, T, ErrorCode.NOT_FOUND, "no model", Map.of("origin", "guest")));
        assertThat(p.exitCode()).isEqualTo(1);
    }

    @Test
    void aBudgetThatTheGuestHitsIsASpentBudgetAllTheSame() {
        EventPrinter p = printer(Mode.RELAY, false);
        p.event(new ProcessEvent.Failed(1, T, ErrorCode.BUDGET_EXHAUSTED, "tokens", Map.of("origin", "guest")));
        assertThat(p.exitCode()).isEqualTo(6);
    }

    @Test
    void eventsAreOneJsonLineEach() {
        say(printer(Mode.EVENTS, false), new ProcessEvent.Returned(4, T, "x"));
        assertThat(out.toString().lines()).hasSize(4).allSatisfy(l -> Json.parse(l));
        assertThat(out.toString().lines().findFirst().orElseThrow())
                .isEqualTo("{\"id\":1,\"type\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\",\"data\":\"Hel\"}");
    }
}
