package pie.cli.tui;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.ControlChar;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pie.engine.ErrorCode;
import pie.engine.PieException;

/**
 * Take a terminal over, and give it back as it was: once, from whichever thread comes first, also when the JVM ends. The second
 * screen is used, so that what was there before is there again.
 */
public final class Screen implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Screen.class);
    private static final String ENTER = "\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J";
    private static final String LEAVE = "\u001b[?2026l\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l";

    private final Terminal terminal;
    private final Attributes before;
    private final Keys keys;
    private final Thread hook = new Thread(this::restore, "pie-screen");
    private final AtomicBoolean given = new AtomicBoolean();
    private volatile boolean resized = true;

    private Screen(Terminal terminal) {
        this.terminal = terminal;
        before = terminal.getAttributes();
        keys = new Keys(millis -> terminal.reader().read(millis));
    }

    /** Take the terminal of standard input and output. @throws PieException UNSUPPORTED if there is none */
    public static Screen open() {
        try {
            Terminal terminal = TerminalBuilder.builder()
                    .system(true)
                    .dumb(false)
                    .nativeSignals(false)
                    .encoding(java.nio.charset.StandardCharsets.UTF_8)
                    .build();
            var screen = new Screen(terminal);
            screen.enter();
            return screen;
        } catch (IOException | IllegalStateException e) {
            throw new PieException(
                    ErrorCode.UNSUPPORTED,
                    "this is no terminal that can be drawn on: " + e.getMessage(),
                    java.util.Map.of(),
                    e);
        }
    }

    private void enter() {
        Runtime.getRuntime().addShutdownHook(hook);
        terminal.handle(Terminal.Signal.WINCH, signal -> resized = true);
        Attributes raw = new Attributes(before);
        raw.setLocalFlags(EnumSet.of(LocalFlag.ICANON, LocalFlag.ECHO, LocalFlag.IEXTEN), false);
        raw.setInputFlags(EnumSet.of(InputFlag.IXON, InputFlag.ICRNL, InputFlag.INLCR), false);
        raw.setControlChar(ControlChar.VMIN, 0);
        raw.setControlChar(ControlChar.VTIME, 1);
        raw.setControlChar(ControlChar.VSUSP, 0); // a stopped monitor would leave its picture behind
        mark(true);
        terminal.setAttributes(raw);
        terminal.writer().write(ENTER);
        terminal.flush();
    }

    public Keys keys() {
        return keys;
    }

    public int width() {
        Size size = terminal.getSize();
        return size.getColumns() > 0 ? size.getColumns() : 80;
    }

    public int height() {
        Size size = terminal.getSize();
        return size.getRows() > 0 ? size.getRows() : 24;
    }

    /** Say whether the terminal has changed its size since the last call. */
    public boolean resized() {
        boolean was = resized;
        resized = false;
        return was;
    }

    /** Write a frame; nothing once the terminal is given back. */
    public synchronized void write(String sequences) {
        if (!given.get() && !sequences.isEmpty()) {
            terminal.writer().write(sequences);
            terminal.flush();
        }
    }

    /** Give the terminal back as it was. */
    public synchronized void restore() {
        if (given.compareAndSet(false, true)) {
            terminal.writer().write(LEAVE);
            terminal.flush();
            terminal.setAttributes(before);
            mark(false);
        }
    }

    /** Leave word for the launcher, which gives the screen back where this process no longer can; without one it does without. */
    private static void mark(boolean taken) {
        String file = System.getProperty("pie.screen", "");
        if (file.isEmpty()) {
            return;
        }
        try {
            if (taken) {
                Files.writeString(Path.of(file), "");
            } else {
                Files.deleteIfExists(Path.of(file));
            }
        } catch (IOException e) {
            LOG.warn("the screen's mark {} cannot be kept: {}", file, e.toString());
        }
    }

    @Override
    public void close() {
        restore();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            return; // the JVM ends, and its streams with it
        }
        try {
            terminal.close();
        } catch (IOException e) {
            throw new PieException(
                    ErrorCode.INTERNAL, "the terminal was not closed: " + e.getMessage(), java.util.Map.of(), e);
        }
    }
}
