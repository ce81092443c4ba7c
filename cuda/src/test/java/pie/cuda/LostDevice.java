package pie.cuda;

import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletionException;
import pie.cpu.Harness;
import pie.cpu.Harness.Slice;
import pie.cuda.api.CudaApi;
import pie.cuda.api.CudaCallException;
import pie.cuda.api.JCudaApi;
import pie.engine.PieException;
import pie.engine.driver.Driver;
import pie.engine.driver.DriverConfig;
import pie.engine.model.ModelFiles;

/** Break the context of a real device by a kernel that writes where it must not, and see whether the driver's device comes back. */
final class LostDevice {
    private static final String BAD = """
            .version 7.1
            .target sm_80
            .address_size 64
            .visible .entry bad(.param .u64 p)
            {
                .reg .b64 %rd<2>;
                ld.param.u64 %rd1, [p];
                st.global.u64 [%rd1], %rd1;
                ret;
            }
            """;
    private static final int TRIES = 20;
    private static final long PAUSE_MILLIS = 500;

    private LostDevice() {}

    public static void main(String[] args) throws InterruptedException {
        Gpu.require();
        try (var model = TinyModels.open("tiny-llama")) {
            Driver driver = open(model);
            float[][] before = logits(new Harness(driver));
            breakContext();
            try {
                logits(new Harness(driver));
                System.out.println("the driver did not notice");
            } catch (CompletionException e) {
                System.out.println("lost: " + e.getCause().getMessage());
            }
            driver.close();
            for (int i = 0; i < TRIES; i++) {
                try (Driver again = open(model)) {
                    float[][] after = logits(new Harness(again));
                    System.out.println("the device came back at try " + i + ", with "
                            + (java.util.Arrays.deepEquals(before, after) ? "the same" : "OTHER") + " logits");
                    return;
                } catch (CompletionException | PieException e) {
                    System.out.println("try " + i + ": " + e.getMessage());
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
            System.out.println("the device does not come back in this process");
        }
    }

    private static Driver open(ModelFiles model) {
        return new CudaDriverProvider()
                .open(model, new DriverConfig("auto", 16, 64, 0, 64, 8, java.util.Map.of()), System.out::println);
    }

    private static float[][] logits(Harness h) {
        return h.pass(List.of(Slice.probed(h.context(), new int[] {3, 1, 4, 1, 5})))
                .getFirst()
                .logits();
    }

    private static void breakContext() {
        CudaApi api = JCudaApi.open(0);
        try (Arena arena = Arena.ofConfined()) {
            api.load(BAD.getBytes(StandardCharsets.US_ASCII));
            Kernel kernel = new Kernel(api, arena, api.function("bad"), 1, 1, false).with(64L);
            kernel.launch(1, 1);
            api.synchronize();
            System.out.println("the bad kernel did no harm");
        } catch (CudaCallException e) {
            System.out.println("broken: " + e.getMessage() + ", sticky " + e.sticky());
        }
        api.close();
    }
}
