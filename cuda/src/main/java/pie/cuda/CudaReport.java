package pie.cuda;

import java.util.List;

/**
 * Say what of CUDA this machine has.
 *
 * @param driverVersion as {@code major * 1000 + minor * 10}, 0 if unknown
 * @param devices usable devices, empty with at least one line in {@code missing}
 * @param missing what is not there, one line each
 * @param optional libraries that would be used if they were there, one line each
 */
public record CudaReport(int driverVersion, List<CudaDevice> devices, List<String> missing, List<String> optional) {
    /** Return e.g. {@code 12.8}. */
    public String driverVersionText() {
        return driverVersion / 1000 + "." + driverVersion % 1000 / 10;
    }
}
