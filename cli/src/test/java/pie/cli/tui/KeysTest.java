package pie.cli.tui;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class KeysTest {
    private static List<Key> keys(String sent) throws IOException {
        int[] at = {0};
        var keys = new Keys(millis -> at[0] < sent.length() ? sent.charAt(at[0]++) : Keys.Source.NOTHING);
        List<Key> found = new ArrayList<>();
        for (Optional<Key> key = keys.next(1); key.isPresent(); key = keys.next(1)) {
            found.add(key.get());
        }
        return found;
    }

    @Test
    void lettersAreThemselves() throws IOException {
        assertThat(keys("q/é😀"))
                .containsExactly(
                        new Key.Char('q'), new Key.Char('/'), new Key.Char('é'), new Key.Char("😀".codePointAt(0)));
    }

    @Test
    void sequencesOfXtermAndItsKinAreNamed() throws IOException {
        assertThat(keys("\u001b[A\u001bOB\u001b[1;5C\u001b[5~\u001b[6~\u001b[H\u001b[4~\r\t\u007f\u001b[15~"))
                .containsExactly(
                        Key.Name.UP,
                        Key.Name.DOWN,
                        Key.Name.RIGHT,
                        Key.Name.PAGE_UP,
                        Key.Name.PAGE_DOWN,
                        Key.Name.HOME,
                        Key.Name.END,
                        Key.Name.ENTER,
                        Key.Name.TAB,
                        Key.Name.BACKSPACE,
                        Key.Name.OTHER);
    }

    @Test
    void anEscapeAloneIsAKey() throws IOException {
        assertThat(keys("\u001b")).containsExactly(Key.Name.ESCAPE);
    }

    @Test
    void theEndOfTheInputIsTold() {
        var keys = new Keys(millis -> Keys.Source.CLOSED);
        assertThatThrownBy(() -> keys.next(1)).isInstanceOf(IOException.class);
    }
}
