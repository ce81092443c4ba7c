package pie.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pie.engine.ErrorCode;
import pie.engine.PieException;
import pie.engine.driver.DriverProvider;

final class CudaProbeTest {
    @TempDir
    Path dir;

    @Test
    void aMissingLibraryIsOneLine() {
        CudaReport report = CudaProbe.probe("libcuda-that-is-not-there.so.1");
        assertThat(report.devices()).isEmpty();
        assertThat(report.missing()).singleElement().asString().contains("libcuda-that-is-not-there.so.1");
    }

    @Test
    void aDeviceIsDescribed() throws Exception {
        CudaReport report = CudaProbe.probe(fake());
        assertThat(report.missing()).isEmpty();
        assertThat(report.driverVersionText()).isEqualTo("12.8");
        assertThat(report.devices()).containsExactly(new CudaDevice(0, "Fake GPU", 24L << 30, 8, 9));
        assertThat(report.devices().getFirst().computeCapability()).isEqualTo("8.9");
    }

    @Test
    void aDriverWithoutDevicesSaysSo() throws Exception {
        CudaReport report = CudaProbe.probe(fake("-DDEVICES=0"));
        assertThat(report.devices()).isEmpty();
        assertThat(report.missing()).containsExactly("the driver library reports no device");
    }

    @Test
    void aFailedCallIsNamed() throws Exception {
        CudaReport report = CudaProbe.probe(fake("-DINIT=100"));
        assertThat(report.missing()).containsExactly("cuInit answered 100 (no CUDA device is visible)");
        assertThat(report.driverVersion()).isEqualTo(12080);
    }

    @Test
    void theProviderIsFoundAndRefusesToOpen() throws Exception {
        DriverProvider provider = ServiceLoader.load(DriverProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(p -> p.kind().equals("cuda"))
                .findFirst()
                .orElseThrow();
        String fake = fake();
        System.setProperty("pie.cuda.library", fake);
        try {
            assertThat(provider.devices()).singleElement().satisfies(d -> {
                assertThat(d.id()).isEqualTo("cuda:0");
                assertThat(d.memoryTotal()).isEqualTo(24L << 30);
            });
        } finally {
            System.clearProperty("pie.cuda.library");
        }
    }

    @Test
    void withoutADeviceOpeningNamesWhatIsMissingAndTheWayOut() {
        System.setProperty("pie.cuda.library", "libcuda-that-is-not-there.so.1");
        try {
            assertThatThrownBy(CudaProbeTest::open).isInstanceOfSatisfying(PieException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                assertThat(e.message()).contains("libcuda-that-is-not-there.so.1", "--driver cpu");
            });
        } finally {
            System.clearProperty("pie.cuda.library");
        }
    }

    @SuppressWarnings("NullAway")
    private static void open() {
        new CudaDriverProvider().open(null, pie.engine.driver.DriverConfig.DEFAULT, line -> {});
    }

    private String fake(String... defines) throws IOException, InterruptedException, URISyntaxException {
        assumeTrue(hasGcc(), "no gcc here: the fake driver library cannot be built");
        Path source = Path.of(CudaProbeTest.class.getResource("/fake_cuda.c").toURI());
        Path library = dir.resolve("libfakecuda" + String.join("", defines).hashCode() + ".so");
        List<String> command = new ArrayList<>(List.of("gcc", "-shared", "-fPIC", "-o", library.toString()));
        command.addAll(List.of(defines));
        command.add(source.toString());
        Process gcc = new ProcessBuilder(command).inheritIO().start();
        assertThat(gcc.waitFor()).isZero();
        return library.toString();
    }

    private static boolean hasGcc() throws InterruptedException {
        try {
            return new ProcessBuilder("gcc", "--version")
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
