package pie.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import pie.engine.PieException;

class NetworkRuleTest {
    @Test
    void namesHostsPortsAndDomains() {
        NetworkRule rule = NetworkRule.of(List.of("Example.com", "api.test:8443", "*.pie.dev", "[::1]:80"));
        assertThat(rule.allows("example.COM", 443)).isTrue();
        assertThat(rule.allows("www.example.com", 443)).isFalse();
        assertThat(rule.allows("api.test", 8443)).isTrue();
        assertThat(rule.allows("api.test", 443)).isFalse();
        assertThat(rule.allows("a.b.pie.dev", 1)).isTrue();
        assertThat(rule.allows("pie.dev", 1)).isFalse();
        assertThat(rule.allows("notpie.dev", 1)).isFalse();
        assertThat(rule.allows("[::1]", 80)).isTrue();
        assertThat(rule.allows("[::1]", 81)).isFalse();
        assertThat(NetworkRule.NONE.allows("example.com", 443)).isFalse();
        assertThat(NetworkRule.ANY.allows("example.com", 443)).isTrue();
    }

    @Test
    void refusesWhatIsNoHost() {
        for (String wrong : List.of("", "http://a.b", "a b", "*", "*.", "a.b:port", "a/b")) {
            assertThatThrownBy(() -> NetworkRule.of(List.of(wrong))).as(wrong).isInstanceOf(PieException.class);
        }
    }
}
