package pie.server;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import pie.engine.PieException;

class AddressLimitTest {
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    @Test
    void each_address_gets_its_own_share_of_each_minute() {
        var limit = new AddressLimit(3);
        long now = -7 * MINUTE;
        for (int i = 0; i < 3; i++) {
            limit.check("a", now + i);
        }
        assertThatThrownBy(() -> limit.check("a", now + 3))
                .isInstanceOf(PieException.class)
                .hasMessageContaining("3 requests");
        assertThatCode(() -> limit.check("b", now + 3)).doesNotThrowAnyException();
        assertThatThrownBy(() -> limit.check("a", now + MINUTE - 1)).isInstanceOf(PieException.class);
        assertThatCode(() -> limit.check("a", now + MINUTE)).doesNotThrowAnyException();
    }
}
