package pie.engine.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import pie.engine.PieException;

class ProcessValuesTest {
    @Test
    void readsIdsOfTheWireOnly() {
        ProcessId id = ProcessId.random();
        assertThat(ProcessId.parse(id.toString())).contains(id);
        assertThat(ProcessId.parse(id.toString().toUpperCase(java.util.Locale.ROOT)))
                .isEmpty();
        assertThat(ProcessId.parse("1-2-3-4-5")).isEmpty();
        assertThat(ProcessId.parse("")).isEmpty();
    }

    @Test
    void refusesBudgetsThatAreNotPositive() {
        assertThatThrownBy(() -> new Budget(OptionalLong.of(0), Optional.empty(), Optional.empty()))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("tokens");
        assertThatThrownBy(() -> new Budget(OptionalLong.empty(), Optional.of(Duration.ZERO), Optional.empty()))
                .hasMessageContaining("wall");
        assertThatThrownBy(
                        () -> new Budget(OptionalLong.empty(), Optional.empty(), Optional.of(Duration.ofSeconds(-1))))
                .hasMessageContaining("cpu");
        assertThatThrownBy(() -> new OwnerId(" ")).isInstanceOf(PieException.class);
    }

    @Test
    void knowsItsFinalStates() {
        for (ProcessState state : ProcessState.values()) {
            boolean last = state.compareTo(ProcessState.COMPLETED) >= 0;
            assertThat(state.ended()).as(state.word()).isEqualTo(last);
        }
    }
}
