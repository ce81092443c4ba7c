// Driver API: initialisation, devices, contexts, errors.
#include <cstdio>
#include <cstring>

#include "api.h"
#include "memory.h"
#include "settings.h"
#include "threads.h"

namespace emulator::threads {

std::vector<Context*>& stack() {
    static thread_local std::vector<Context*> contexts;
    return contexts;
}

}  // namespace emulator::threads

using namespace emulator;

namespace {

int capability() { return static_cast<int>(settings.capability); }

int sharedOptIn() { return capability() >= 90 ? 232448 : capability() == 80 ? 166912 : 101376; }

bool attribute(int which, int* value) {
    switch (which) {
        case 1: *value = 1024; break;         // threads of a block
        case 2: case 3: *value = 1024; break; // block dimensions
        case 4: *value = 64; break;
        case 5: *value = 2147483647; break;   // grid dimensions
        case 6: case 7: *value = 65535; break;
        case 8: *value = 49152; break;        // shared memory of a block
        case 9: *value = 65536; break;
        case 10: *value = 32; break;
        case 12: *value = 65536; break;       // registers of a block
        case 13: *value = 1410000; break;     // clock, kHz
        case 15: *value = 1; break;
        case 16: *value = 16; break;          // multiprocessors
        case 19: *value = 1; break;           // maps host memory
        case 31: *value = 1; break;
        case 32: *value = 0; break;
        case 36: *value = 1215000; break;
        case 37: *value = 5120; break;
        case 38: *value = 40 << 20; break;
        case 39: *value = 2048; break;        // threads of a multiprocessor
        case 40: *value = 2; break;
        case 41: *value = 1; break;           // unified addressing
        case 75: *value = capability() / 10; break;
        case 76: *value = capability() % 10; break;
        case 78: *value = 1; break;           // stream priorities
        case 81: *value = sharedOptIn() + 1024; break;
        case 82: *value = 65536; break;
        case 95: *value = 1; break;           // cooperative launch
        case 97: *value = sharedOptIn(); break;
        case 106: *value = 32; break;         // blocks of a multiprocessor
        case 111: *value = 1024; break;
        default:
            if (which < 1 || which > 150) return false;
            *value = 0;
    }
    return true;
}

const struct {
    int status;
    const char *name, *text;
} ERRORS[] = {{SUCCESS, "CUDA_SUCCESS", "no error"},
              {INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
              {OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
              {NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
              {DEVICE_UNAVAILABLE, "CUDA_ERROR_DEVICE_UNAVAILABLE", "CUDA-capable device(s) is/are busy or unavailable"},
              {NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
              {INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
              {INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
              {209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
              {INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
              {ECC_UNCORRECTABLE, "CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"},
              {INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
              {222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", "the provided PTX was compiled with an unsupported toolchain."},
              {INVALID_SOURCE, "CUDA_ERROR_INVALID_SOURCE", "device kernel image is invalid"},
              {FILE_NOT_FOUND, "CUDA_ERROR_FILE_NOT_FOUND", "file not found"},
              {INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
              {ILLEGAL_STATE, "CUDA_ERROR_ILLEGAL_STATE", "the operation cannot be performed in the present state"},
              {NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
              {NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready"},
              {ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
              {LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
              {LAUNCH_TIMEOUT, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"},
              {CONTEXT_IS_DESTROYED, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "context is destroyed"},
              {ASSERT, "CUDA_ERROR_ASSERT", "device-side assert triggered"},
              {HOST_MEMORY_ALREADY_REGISTERED, "CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED", "part or all of the requested memory range is already mapped"},
              {HOST_MEMORY_NOT_REGISTERED, "CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED", "pointer does not correspond to a registered memory region"},
              {ILLEGAL_INSTRUCTION, "CUDA_ERROR_ILLEGAL_INSTRUCTION", "an illegal instruction was encountered"},
              {MISALIGNED_ADDRESS, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
              {LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
              {NOT_PERMITTED, "CUDA_ERROR_NOT_PERMITTED", "operation not permitted"},
              {NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
              {CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED", "operation not permitted when stream is capturing"},
              {CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED", "operation failed due to a previous error during capture"},
              {CAPTURE_UNMATCHED, "CUDA_ERROR_STREAM_CAPTURE_UNMATCHED", "capture was not initiated in this stream"},
              {CAPTURE_UNJOINED, "CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "capturing stream has unjoined work"},
              {CAPTURE_ISOLATION, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION", "dependency created on uncaptured work in another stream"},
              {CAPTURE_IMPLICIT, "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT", "operation would make the legacy stream depend on a capturing blocking stream"},
              {CAPTURED_EVENT, "CUDA_ERROR_CAPTURED_EVENT", "operation not permitted on an event last recorded in a capturing stream"},
              {CAPTURE_WRONG_THREAD, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD", "attempt to terminate a thread-local capture sequence from another thread"},
              {GRAPH_EXEC_UPDATE_FAILURE, "CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE", "the graph update was not performed"},
              {UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error"}};

}  // namespace

extern "C" {

int cuInit(unsigned flags) {
    ENTER(Needs::INIT);
    if (flags) return INVALID_VALUE;
    call.runtime.initialized = true;
    Memory::device().total(static_cast<size_t>(settings.memory));
    return SUCCESS;
}

int cuDriverGetVersion(int* version) {
    *version = 12060;
    return SUCCESS;
}

int cuGetExportTable(const void**, const void*) { return NOT_FOUND; }  // NVRTC asks for it, and crashes where it is absent

int cuGetErrorName(int status, const char** text) {
    for (auto& e : ERRORS)
        if (e.status == status) return *text = e.name, SUCCESS;
    return *text = nullptr, INVALID_VALUE;
}

int cuGetErrorString(int status, const char** text) {
    for (auto& e : ERRORS)
        if (e.status == status) return *text = e.text, SUCCESS;
    return *text = nullptr, INVALID_VALUE;
}

// ---- devices
int cuDeviceGetCount(int* count) {
    ENTER(Needs::INIT);
    *count = 1;
    return SUCCESS;
}
int cuDeviceGet(int* device, int ordinal) {
    ENTER(Needs::INIT);
    *device = 0;
    return ordinal == 0 ? SUCCESS : INVALID_DEVICE;
}
int cuDeviceGetName(char* name, int length, int device) {
    ENTER(Needs::INIT);
    if (device != 0) return INVALID_DEVICE;
    std::snprintf(name, static_cast<size_t>(length), "pie CUDA emulator (sm_%d, no GPU)", capability());
    return SUCCESS;
}
int cuDeviceGetUuid(char* uuid, int device) {
    ENTER(Needs::INIT);
    std::memcpy(uuid, "pie-emulator-000", 16);
    return device == 0 ? SUCCESS : INVALID_DEVICE;
}
int cuDeviceGetUuid_v2(char* uuid, int device) { return cuDeviceGetUuid(uuid, device); }
int cuDeviceTotalMem_v2(size_t* bytes, int device) {
    ENTER(Needs::INIT);
    *bytes = Memory::device().total();
    return device == 0 ? SUCCESS : INVALID_DEVICE;
}
int cuDeviceGetAttribute(int* value, int which, int device) {
    ENTER(Needs::INIT);
    if (device != 0) return INVALID_DEVICE;
    return attribute(which, value) ? SUCCESS : INVALID_VALUE;
}
int cuDeviceComputeCapability(int* major, int* minor, int device) {
    ENTER(Needs::INIT);
    *major = capability() / 10;
    *minor = capability() % 10;
    return device == 0 ? SUCCESS : INVALID_DEVICE;
}
int cuDeviceGetPCIBusId(char* id, int length, int device) {
    ENTER(Needs::INIT);
    std::snprintf(id, static_cast<size_t>(length), "0000:00:00.0");
    return device == 0 ? SUCCESS : INVALID_DEVICE;
}

// ---- contexts
int cuCtxCreate_v2(void** context, unsigned, int device) {
    ENTER(Needs::INIT);
    if (device != 0) return INVALID_DEVICE;
    Context* c = call.runtime.create(false);
    threads::stack().push_back(c);
    *context = c;
    return SUCCESS;
}
int cuCtxDestroy_v2(void* context) {
    ENTER(Needs::INIT);
    auto* c = static_cast<Context*>(context);
    if (!call.runtime.alive(c) || c->primary) return call.refuse(INVALID_CONTEXT, "no such context");
    call.runtime.destroy(c);
    if (threads::current() == c) threads::stack().pop_back();
    return SUCCESS;
}
int cuDevicePrimaryCtxRetain(void** context, int device) {
    ENTER(Needs::INIT);
    if (device != 0) return INVALID_DEVICE;
    Runtime& r = call.runtime;
    if (r.primary)
        r.primary->references++;
    else
        r.primary = r.create(true);
    *context = r.primary;
    return SUCCESS;
}
int cuDevicePrimaryCtxRelease_v2(int device) {
    ENTER(Needs::INIT);
    if (device != 0) return INVALID_DEVICE;
    Runtime& r = call.runtime;
    if (!r.primary) return call.refuse(INVALID_CONTEXT, "the primary context is not retained");
    if (--r.primary->references == 0) r.destroy(r.primary);
    return SUCCESS;
}
int cuDevicePrimaryCtxRelease(int device) { return cuDevicePrimaryCtxRelease_v2(device); }
int cuDevicePrimaryCtxReset_v2(int device) {
    ENTER(Needs::INIT);
    if (device != 0) return INVALID_DEVICE;
    if (call.runtime.primary) call.runtime.destroy(call.runtime.primary);
    return SUCCESS;
}
int cuDevicePrimaryCtxSetFlags_v2(int, unsigned) {
    ENTER(Needs::INIT);
    return SUCCESS;
}
int cuDevicePrimaryCtxGetState(int, unsigned* flags, int* active) {
    ENTER(Needs::INIT);
    *flags = 0;
    *active = call.runtime.primary != nullptr;
    return SUCCESS;
}
int cuCtxSetCurrent(void* context) {
    ENTER(Needs::INIT);
    auto* c = static_cast<Context*>(context);
    if (c && !call.runtime.alive(c)) return call.refuse(INVALID_CONTEXT, "no such context");
    auto& stack = threads::stack();
    if (!stack.empty()) stack.pop_back();
    if (c) stack.push_back(c);
    return SUCCESS;
}
int cuCtxGetCurrent(void** context) {
    ENTER(Needs::INIT);
    *context = threads::current();
    return SUCCESS;
}
int cuCtxPushCurrent_v2(void* context) {
    ENTER(Needs::INIT);
    auto* c = static_cast<Context*>(context);
    if (!call.runtime.alive(c)) return call.refuse(INVALID_CONTEXT, "no such context");
    threads::stack().push_back(c);
    return SUCCESS;
}
int cuCtxPopCurrent_v2(void** context) {
    ENTER(Needs::INIT);
    auto& stack = threads::stack();
    if (stack.empty()) return INVALID_CONTEXT;
    if (context) *context = stack.back();
    stack.pop_back();
    return SUCCESS;
}
int cuCtxGetDevice(int* device) {
    ENTER(Needs::CONTEXT);
    *device = 0;
    return SUCCESS;
}
int cuCtxGetApiVersion(void*, unsigned* version) {
    ENTER(Needs::INIT);
    *version = 3020;
    return SUCCESS;
}
int cuCtxGetFlags(unsigned* flags) {
    ENTER(Needs::CONTEXT);
    *flags = 0;
    return SUCCESS;
}
int cuCtxSetLimit(int, size_t) {
    ENTER(Needs::CONTEXT);
    return SUCCESS;
}
int cuCtxGetLimit(size_t* value, int) {
    ENTER(Needs::CONTEXT);
    *value = 1024;
    return SUCCESS;
}
int cuCtxGetStreamPriorityRange(int* least, int* greatest) {
    ENTER(Needs::CONTEXT);
    *least = 0;
    *greatest = -5;
    return SUCCESS;
}
int cuCtxSynchronize() {
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("waiting for the context")) return s;
    return call.runtime.drainAll(*call.context);
}

}  // extern "C"
