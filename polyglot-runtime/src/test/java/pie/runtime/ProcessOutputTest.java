package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import pie.engine.event.EventLog;
import pie.engine.event.ProcessEvent;

final class ProcessOutputTest {
    private final EventLog log = new EventLog(new EventLog.Limits(2, 1 << 20, Duration.ofMinutes(5)));
    private final ProcessOutput output = new ProcessOutput(log, true);

    private static List<String> read(EventLog.Watcher watcher, String last) throws InterruptedException {
        var texts = new ArrayList<String>();
        while (!texts.contains(last)) {
            var next = (EventLog.Next.Event) watcher.next(Duration.ofSeconds(30));
            if (next.event() instanceof ProcessEvent.Message message) {
                texts.add(message.text());
            } else if (next.event() instanceof ProcessEvent.Stdout printed) {
                texts.add(printed.text());
            }
        }
        return texts;
    }

    @Test
    void whatIsSaidWithoutWaitingHoldsNobodyUpAndComesInOrder() throws Exception {
        try (EventLog.Watcher slow = log.watch(0, true)) {
            output.message("1");
            output.message("2");
            var third = output.messageLater("3");
            output.stdout("part");
            output.flushSoon();
            var never = output.messageLater("never");
            var fourth = output.messageLater("4");
            never.cancel(true);
            assertThat(third).isNotDone();
            Thread printer = Thread.ofPlatform().start(() -> output.stdout("line\n"));
            Awaitility.await().until(() -> printer.getState() == Thread.State.WAITING);
            assertThat(read(slow, "line\n")).containsExactly("1", "2", "3", "part", "4", "line\n");
            printer.join();
            assertThat(third).isCompleted();
            assertThat(fourth).isCompleted();
        }
    }

    @Test
    void aFlushWaitsForAllThatWasSaidBefore() throws Exception {
        try (EventLog.Watcher slow = log.watch(0, true)) {
            for (String text : List.of("1", "2", "3", "4")) {
                var unused = output.messageLater(text);
            }
            Thread flusher = Thread.ofPlatform().start(output::flush);
            Awaitility.await().until(() -> flusher.getState() == Thread.State.WAITING);
            assertThat(read(slow, "4")).containsExactly("1", "2", "3", "4");
            flusher.join();
        }
        output.flush();
        assertThat(log.lastId()).isEqualTo(4);
    }

    @Test
    void aKilledProcessDoesNotWaitForItsClient() throws Exception {
        try (EventLog.Watcher slow = log.watch(0, true)) {
            output.message("1");
            output.message("2");
            var unused = output.messageLater("3");
            Thread printer = Thread.ofPlatform().start(() -> output.stdout("line\n"));
            Awaitility.await().until(() -> printer.getState() == Thread.State.WAITING);
            printer.interrupt();
            printer.join(Duration.ofSeconds(30));
            assertThat(printer.isAlive()).isFalse();
            log.returned("end");
            output.flush();
            assertThat(slow.next(Duration.ofSeconds(30))).isInstanceOf(EventLog.Next.Event.class);
        }
    }
}
