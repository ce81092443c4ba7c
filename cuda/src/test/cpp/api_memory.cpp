// Driver API: device and pinned memory, copies, fills.
#include <cstring>

#include "api.h"
#include "memory.h"

using namespace emulator;

namespace {

uint64_t addressOf(const void* p) { return reinterpret_cast<uint64_t>(p); }

/** A range of device memory of this context, or why it is none. */
Status device(const Call& call, DevicePointer p, size_t bytes, const char* role) {
    if (bytes == 0) return SUCCESS;
    auto a = Memory::device().find(p);
    if (!a || !a->holds(p, bytes))
        return call.refuse(INVALID_VALUE, std::string(role) + " of " + std::to_string(bytes) + " bytes: " + Memory::device().describe(p, bytes));
    if (a->owner != call.context) return call.refuse(INVALID_CONTEXT, std::string(role) + " belongs to another context");
    return SUCCESS;
}

/** Host memory: what the emulator knows of (pinned, registered) must hold the range. True if it is pinned. */
Status host(const Call& call, const void* p, size_t bytes, const char* role, bool* pinned) {
    auto a = Memory::device().find(addressOf(p));
    *pinned = a && (a->kind == Kind::PINNED || a->kind == Kind::REGISTERED);
    if (bytes == 0) return SUCCESS;
    if (!p) return call.refuse(INVALID_VALUE, std::string(role) + " is null");
    if (a && a->kind == Kind::DEVICE) return call.refuse(INVALID_VALUE, std::string(role) + " is device memory");
    if (*pinned && !a->holds(addressOf(p), bytes))
        return call.refuse(INVALID_VALUE, std::string(role) + " of " + std::to_string(bytes) + " bytes: " + Memory::device().describe(addressOf(p), bytes));
    if (!a && Memory::inside(addressOf(p)))
        return call.refuse(INVALID_VALUE, std::string(role) + ": " + Memory::device().describe(addressOf(p), bytes));
    return SUCCESS;
}

/** Pinned memory may be freed while copies wait: then the copy reads what is gone. */
std::optional<Fault> gone(uint64_t p, size_t bytes, const char* what) {
    if (Memory::device().holds(p, bytes)) return std::nullopt;
    return Fault{ILLEGAL_ADDRESS, std::string(what) + ": " + Memory::device().describe(p, bytes)};
}

Status toDevice(Call& call, DevicePointer to, const void* from, size_t n, void* handle, const char* name) {
    auto stream = call.stream(handle);
    if (!stream) return INVALID_HANDLE;
    bool pinned;
    if (Status s = device(call, to, n, "the target")) return s;
    if (Status s = host(call, from, n, "the source", &pinned)) return s;
    std::string label = name;
    if (pinned || stream->capture)
        return call.runtime.push(*stream, {label, [=]() -> std::optional<Fault> {
                                               if (auto f = gone(to, n, "copy to a device address")) return f;
                                               if (pinned)
                                                   if (auto f = gone(addressOf(from), n, "copy from pinned memory")) return f;
                                               Memory::device().fromHost(to, from, n);
                                               return std::nullopt;
                                           }});
    auto staged = std::make_shared<std::vector<char>>(static_cast<const char*>(from), static_cast<const char*>(from) + n);
    return call.runtime.push(*stream, {label, [=]() -> std::optional<Fault> {
                                           if (auto f = gone(to, n, "copy to a device address")) return f;
                                           Memory::device().fromHost(to, staged->data(), n);
                                           return std::nullopt;
                                       }});
}

Status toHost(Call& call, void* to, DevicePointer from, size_t n, void* handle, const char* name) {
    auto stream = call.stream(handle);
    if (!stream) return INVALID_HANDLE;
    bool pinned;
    if (Status s = device(call, from, n, "the source")) return s;
    if (Status s = host(call, to, n, "the target", &pinned)) return s;
    Status s = call.runtime.push(*stream, {name, [=]() -> std::optional<Fault> {
                                               if (auto f = gone(from, n, "copy from a device address")) return f;
                                               if (pinned)
                                                   if (auto f = gone(addressOf(to), n, "copy to pinned memory")) return f;
                                               Memory::device().toHost(to, from, n);
                                               return std::nullopt;
                                           }});
    return s || pinned || stream->capture ? s : call.runtime.drain(*stream);
}

Status between(Call& call, DevicePointer to, DevicePointer from, size_t n, void* handle, const char* name) {
    auto stream = call.stream(handle);
    if (!stream) return INVALID_HANDLE;
    if (Status s = device(call, to, n, "the target")) return s;
    if (Status s = device(call, from, n, "the source")) return s;
    if (n && to < from + n && from < to + n) return call.refuse(INVALID_VALUE, "source and target overlap");
    return call.runtime.push(*stream, {name, [=]() -> std::optional<Fault> {
                                           if (auto f = gone(to, n, "copy to a device address")) return f;
                                           if (auto f = gone(from, n, "copy from a device address")) return f;
                                           Memory::device().move(to, from, n);
                                           return std::nullopt;
                                       }});
}

Status fill(Call& call, DevicePointer to, uint32_t value, size_t width, size_t count, void* handle, const char* name) {
    auto stream = call.stream(handle);
    if (!stream) return INVALID_HANDLE;
    if (to % width) return call.refuse(INVALID_VALUE, "the target is misaligned");
    if (Status s = device(call, to, width * count, "the target")) return s;
    return call.runtime.push(*stream, {name, [=]() -> std::optional<Fault> {
                                           if (auto f = gone(to, width * count, "fill of a device address")) return f;
                                           Memory::device().fill(to, &value, width, count);
                                           return std::nullopt;
                                       }});
}

Status allocate(Call& call, DevicePointer* p, size_t n) {
    if (n == 0) return call.refuse(INVALID_VALUE, "allocation of 0 bytes");
    uint64_t a = Memory::device().allocate(n, Kind::DEVICE, call.context);
    if (!a) return OUT_OF_MEMORY;
    *p = a;
    return SUCCESS;
}

Status pin(Call& call, void** p, size_t n) {
    if (n == 0) return call.refuse(INVALID_VALUE, "allocation of 0 bytes");
    uint64_t a = Memory::device().allocate(n, Kind::PINNED, call.context);
    if (!a) return OUT_OF_MEMORY;
    *p = reinterpret_cast<void*>(a);
    return SUCCESS;
}

/** Free what this context owns; memory in use by pending work is waited for, as the real call does. */
Status release(Call& call, uint64_t p, Kind kind) {
    if (p == 0) return SUCCESS;
    auto a = Memory::device().find(p);
    if (!a || a->address != p || a->kind != kind) return call.refuse(INVALID_VALUE, a && a->address != p ? "not the start of an allocation" : Memory::device().describe(p, 0));
    if (a->owner != call.context) return call.refuse(INVALID_CONTEXT, "the memory belongs to another context");
    Status s = call.runtime.drainAll(*call.context);
    Memory::device().release(p, kind);
    return s;
}

}  // namespace

extern "C" {

int cuMemGetInfo_v2(size_t* free, size_t* total) {
    ENTER(Needs::CONTEXT);
    *total = Memory::device().total();
    *free = *total - Memory::device().used();
    return SUCCESS;
}
int cuMemAlloc_v2(DevicePointer* p, size_t n) {
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("an allocation")) return s;
    return allocate(call, p, n);
}
int cuMemAllocPitch_v2(DevicePointer* p, size_t* pitch, size_t width, size_t height, unsigned) {
    ENTER(Needs::CONTEXT);
    *pitch = (width + 511) / 512 * 512;
    return allocate(call, p, *pitch * height);
}
int cuMemFree_v2(DevicePointer p) {
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("freeing")) return s;
    return release(call, p, Kind::DEVICE);
}
int cuMemAllocAsync(DevicePointer* p, size_t n, void* stream) {
    ENTER(Needs::CONTEXT);
    if (!call.stream(stream)) return INVALID_HANDLE;
    return allocate(call, p, n);
}
int cuMemFreeAsync(DevicePointer p, void* handle) {
    ENTER(Needs::CONTEXT);
    auto stream = call.stream(handle);
    if (!stream) return INVALID_HANDLE;
    if (Status s = device(call, p, 1, "the memory")) return s;
    return call.runtime.push(*stream, {"cuMemFreeAsync", [p]() -> std::optional<Fault> {
                                           Memory::device().release(p, Kind::DEVICE);
                                           return std::nullopt;
                                       }});
}
int cuMemGetAddressRange_v2(DevicePointer* base, size_t* size, DevicePointer p) {
    ENTER(Needs::CONTEXT);
    auto a = Memory::device().find(p);
    if (!a) return NOT_FOUND;
    if (base) *base = a->address;
    if (size) *size = a->bytes;
    return SUCCESS;
}
int cuMemHostAlloc(void** p, size_t n, unsigned) {
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("an allocation")) return s;
    return pin(call, p, n);
}
int cuMemAllocHost_v2(void** p, size_t n) {
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("an allocation")) return s;
    return pin(call, p, n);
}
int cuMemFreeHost(void* p) {
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("freeing")) return s;
    return release(call, addressOf(p), Kind::PINNED);
}
int cuMemHostRegister_v2(void* p, size_t n, unsigned) {
    ENTER(Needs::CONTEXT);
    return Memory::device().add(addressOf(p), n, call.context) ? SUCCESS : HOST_MEMORY_ALREADY_REGISTERED;
}
int cuMemHostUnregister(void* p) {
    ENTER(Needs::CONTEXT);
    if (Status s = call.runtime.drainAll(*call.context)) return s;
    return Memory::device().release(addressOf(p), Kind::REGISTERED) ? SUCCESS : HOST_MEMORY_NOT_REGISTERED;
}
int cuMemHostGetDevicePointer_v2(DevicePointer* p, void* hostPointer, unsigned) {
    ENTER(Needs::CONTEXT);
    auto a = Memory::device().find(addressOf(hostPointer));
    if (!a || a->kind == Kind::DEVICE) return INVALID_VALUE;
    *p = addressOf(hostPointer);
    return SUCCESS;
}
int cuMemHostGetFlags(unsigned* flags, void*) {
    ENTER(Needs::CONTEXT);
    *flags = 0;
    return SUCCESS;
}

// ---- copies
int cuMemcpyHtoDAsync_v2(DevicePointer to, const void* from, size_t n, void* stream) {
    ENTER(Needs::CONTEXT);
    return toDevice(call, to, from, n, stream, __func__);
}
int cuMemcpyDtoHAsync_v2(void* to, DevicePointer from, size_t n, void* stream) {
    ENTER(Needs::CONTEXT);
    return toHost(call, to, from, n, stream, __func__);
}
int cuMemcpyDtoDAsync_v2(DevicePointer to, DevicePointer from, size_t n, void* stream) {
    ENTER(Needs::CONTEXT);
    return between(call, to, from, n, stream, __func__);
}
int cuMemcpyHtoD_v2(DevicePointer to, const void* from, size_t n) {
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("a synchronous copy")) return s;
    Status s = toDevice(call, to, from, n, nullptr, __func__);
    return s ? s : call.runtime.drain(*call.context->legacy);
}
int cuMemcpyDtoH_v2(void* to, DevicePointer from, size_t n) {
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("a synchronous copy")) return s;
    Status s = toHost(call, to, from, n, nullptr, __func__);
    return s ? s : call.runtime.drain(*call.context->legacy);
}
int cuMemcpyDtoD_v2(DevicePointer to, DevicePointer from, size_t n) {  // asynchronous to the host, as the real one
    ENTER(Needs::CONTEXT);
    if (Status s = call.unsafe("a synchronous copy")) return s;
    return between(call, to, from, n, nullptr, __func__);
}
int cuMemcpyAsync(DevicePointer to, DevicePointer from, size_t n, void* stream) {
    ENTER(Needs::CONTEXT);
    auto isDevice = [](DevicePointer p) {
        auto a = Memory::device().find(p);
        return a && a->kind != Kind::PINNED && a->kind != Kind::REGISTERED;
    };
    if (isDevice(to)) return isDevice(from) ? between(call, to, from, n, stream, __func__) : toDevice(call, to, reinterpret_cast<void*>(from), n, stream, __func__);
    if (isDevice(from)) return toHost(call, reinterpret_cast<void*>(to), from, n, stream, __func__);
    return call.refuse(NOT_SUPPORTED, "a copy from host to host");
}

// ---- fills
int cuMemsetD8Async(DevicePointer to, unsigned char v, size_t n, void* stream) {
    ENTER(Needs::CONTEXT);
    return fill(call, to, v, 1, n, stream, __func__);
}
int cuMemsetD16Async(DevicePointer to, unsigned short v, size_t n, void* stream) {
    ENTER(Needs::CONTEXT);
    return fill(call, to, v, 2, n, stream, __func__);
}
int cuMemsetD32Async(DevicePointer to, unsigned v, size_t n, void* stream) {
    ENTER(Needs::CONTEXT);
    return fill(call, to, v, 4, n, stream, __func__);
}
int cuMemsetD8_v2(DevicePointer to, unsigned char v, size_t n) {
    ENTER(Needs::CONTEXT);
    return fill(call, to, v, 1, n, nullptr, __func__);
}
int cuMemsetD16_v2(DevicePointer to, unsigned short v, size_t n) {
    ENTER(Needs::CONTEXT);
    return fill(call, to, v, 2, n, nullptr, __func__);
}
int cuMemsetD32_v2(DevicePointer to, unsigned v, size_t n) {
    ENTER(Needs::CONTEXT);
    return fill(call, to, v, 4, n, nullptr, __func__);
}

}  // extern "C"
