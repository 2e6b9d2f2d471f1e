using System.Runtime;
using System.Runtime.CompilerServices;

namespace HyperCore.Efi.Cpu;

/// <summary>
/// The instructions C# has no words for. Each is a small assembly function (Assembly/Intrinsics.asm), so a call is also a barrier to the
/// compiler: no memory access moves across it.
/// </summary>
public static unsafe class Intrinsics
{
    /// <summary>The number of the EFER register (AMD APM vol. 2, 3.1.7).</summary>
    private const uint MsrEfer = 0xC000_0080;

    /// <summary>CPUID with EAX = <paramref name="leaf"/> and ECX = <paramref name="subleaf"/>.</summary>
    public static void Cpuid(uint leaf, uint subleaf, out uint eax, out uint ebx, out uint ecx, out uint edx)
    {
        uint* result = stackalloc uint[4];
        CpuidCore(leaf, subleaf, result);
        eax = result[0];
        ebx = result[1];
        ecx = result[2];
        edx = result[3];
    }

    /// <summary>RDMSR that survives an MSR that does not exist.</summary>
    /// <param name="msr">The register's number.</param>
    /// <param name="value">What it holds; 0 when it does not exist.</param>
    /// <returns>False when the processor raised #GP. Works only once HyperCore's own interrupt table is loaded.</returns>
    public static bool TryReadMsr(uint msr, out ulong value)
    {
        ulong read;
        bool done = TryReadMsrCore(msr, &read) != 0;
        value = read;
        return done;
    }

    /// <summary>WRMSR that survives a register or value the processor refuses.</summary>
    /// <returns>False when the processor raised #GP. Works only once HyperCore's own interrupt table is loaded.</returns>
    public static bool TryWriteMsr(uint msr, ulong value) => TryWriteMsrCore(msr, value) != 0;

    /// <summary>XSETBV that survives a value the processor refuses.</summary>
    /// <returns>False when the processor raised #GP, or #UD because CR4.OSXSAVE is clear. Works only once HyperCore's own interrupt table is loaded.</returns>
    public static bool TryWriteXcr(uint index, ulong value) => TryWriteXcrCore(index, value) != 0;

    /// <summary>Reads 64 bits of memory that may not be mapped.</summary>
    /// <returns>False when the processor raised a fault. Works only once HyperCore's own interrupt table is loaded.</returns>
    public static bool TryReadMemory64(ulong address, out ulong value)
    {
        ulong read;
        bool done = TryReadMemory64Core(address, &read) != 0;
        value = read;
        return done;
    }

    /// <summary>Reads EFER.</summary>
    public static ulong ReadEfer() => ReadMsr(MsrEfer);

    /// <summary>Writes EFER.</summary>
    public static void WriteEfer(ulong value) => WriteMsr(MsrEfer, value);

    /// <summary>RDMSR. An MSR that does not exist is a panic (#GP); see <see cref="TryReadMsr"/>.</summary>
    [RuntimeImport("*", "Intrinsics_ReadMsr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadMsr(uint msr);

    /// <summary>WRMSR. An MSR or value the processor refuses is a panic (#GP); see <see cref="TryWriteMsr"/>.</summary>
    [RuntimeImport("*", "Intrinsics_WriteMsr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMsr(uint msr, ulong value);

    /// <summary>RDTSC, which the processor may run ahead of or behind its neighbours.</summary>
    [RuntimeImport("*", "Intrinsics_ReadTsc")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadTsc();

    /// <summary>RDTSC between two LFENCEs: after everything before it, before everything behind it.</summary>
    [RuntimeImport("*", "Intrinsics_ReadTscOrdered")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadTscOrdered();

    /// <summary>IN, 8 bits.</summary>
    [RuntimeImport("*", "Intrinsics_In8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte In8(ushort port);

    /// <summary>OUT, 8 bits.</summary>
    [RuntimeImport("*", "Intrinsics_Out8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out8(ushort port, byte value);

    /// <summary>IN, 16 bits.</summary>
    [RuntimeImport("*", "Intrinsics_In16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ushort In16(ushort port);

    /// <summary>OUT, 16 bits.</summary>
    [RuntimeImport("*", "Intrinsics_Out16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out16(ushort port, ushort value);

    /// <summary>IN, 32 bits.</summary>
    [RuntimeImport("*", "Intrinsics_In32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern uint In32(ushort port);

    /// <summary>OUT, 32 bits.</summary>
    [RuntimeImport("*", "Intrinsics_Out32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Out32(ushort port, uint value);

    /// <summary>Reads 8 bits of device memory: exactly one access, never merged or dropped.</summary>
    [RuntimeImport("*", "Intrinsics_ReadMemory8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern byte ReadMemory8(ulong address);

    /// <summary>Writes 8 bits of device memory: exactly one access, never merged or dropped.</summary>
    [RuntimeImport("*", "Intrinsics_WriteMemory8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMemory8(ulong address, byte value);

    /// <summary>Reads 16 bits of device memory: exactly one access, never merged or dropped.</summary>
    [RuntimeImport("*", "Intrinsics_ReadMemory16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ushort ReadMemory16(ulong address);

    /// <summary>Writes 16 bits of device memory: exactly one access, never merged or dropped.</summary>
    [RuntimeImport("*", "Intrinsics_WriteMemory16")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMemory16(ulong address, ushort value);

    /// <summary>Reads 32 bits of device memory: exactly one access, never merged or dropped.</summary>
    [RuntimeImport("*", "Intrinsics_ReadMemory32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern uint ReadMemory32(ulong address);

    /// <summary>Writes 32 bits of device memory: exactly one access, never merged or dropped.</summary>
    [RuntimeImport("*", "Intrinsics_WriteMemory32")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMemory32(ulong address, uint value);

    /// <summary>Reads 64 bits of device memory: exactly one access, never merged or dropped.</summary>
    [RuntimeImport("*", "Intrinsics_ReadMemory64")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadMemory64(ulong address);

    /// <summary>Writes 64 bits of device memory: exactly one access, never merged or dropped.</summary>
    [RuntimeImport("*", "Intrinsics_WriteMemory64")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteMemory64(ulong address, ulong value);

    /// <summary>Reads CR0.</summary>
    [RuntimeImport("*", "Intrinsics_ReadCr0")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr0();

    /// <summary>Writes CR0.</summary>
    [RuntimeImport("*", "Intrinsics_WriteCr0")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr0(ulong value);

    /// <summary>Reads CR2, the address of the last page fault.</summary>
    [RuntimeImport("*", "Intrinsics_ReadCr2")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr2();

    /// <summary>Writes CR2, the address of the last page fault.</summary>
    [RuntimeImport("*", "Intrinsics_WriteCr2")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr2(ulong value);

    /// <summary>Reads CR3, the root of the page tables.</summary>
    [RuntimeImport("*", "Intrinsics_ReadCr3")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr3();

    /// <summary>Writes CR3, the root of the page tables.</summary>
    [RuntimeImport("*", "Intrinsics_WriteCr3")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr3(ulong value);

    /// <summary>Reads CR4.</summary>
    [RuntimeImport("*", "Intrinsics_ReadCr4")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr4();

    /// <summary>Writes CR4.</summary>
    [RuntimeImport("*", "Intrinsics_WriteCr4")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr4(ulong value);

    /// <summary>Reads CR8, the task priority.</summary>
    [RuntimeImport("*", "Intrinsics_ReadCr8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadCr8();

    /// <summary>Writes CR8, the task priority.</summary>
    [RuntimeImport("*", "Intrinsics_WriteCr8")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteCr8(ulong value);

    /// <summary>Reads DR0.</summary>
    [RuntimeImport("*", "Intrinsics_ReadDr0")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadDr0();

    /// <summary>Writes DR0.</summary>
    [RuntimeImport("*", "Intrinsics_WriteDr0")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteDr0(ulong value);

    /// <summary>Reads DR1.</summary>
    [RuntimeImport("*", "Intrinsics_ReadDr1")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadDr1();

    /// <summary>Writes DR1.</summary>
    [RuntimeImport("*", "Intrinsics_WriteDr1")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteDr1(ulong value);

    /// <summary>Reads DR2.</summary>
    [RuntimeImport("*", "Intrinsics_ReadDr2")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadDr2();

    /// <summary>Writes DR2.</summary>
    [RuntimeImport("*", "Intrinsics_WriteDr2")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteDr2(ulong value);

    /// <summary>Reads DR3.</summary>
    [RuntimeImport("*", "Intrinsics_ReadDr3")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadDr3();

    /// <summary>Writes DR3.</summary>
    [RuntimeImport("*", "Intrinsics_WriteDr3")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteDr3(ulong value);

    /// <summary>Reads DR6.</summary>
    [RuntimeImport("*", "Intrinsics_ReadDr6")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadDr6();

    /// <summary>Writes DR6.</summary>
    [RuntimeImport("*", "Intrinsics_WriteDr6")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteDr6(ulong value);

    /// <summary>Reads DR7.</summary>
    [RuntimeImport("*", "Intrinsics_ReadDr7")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadDr7();

    /// <summary>Writes DR7.</summary>
    [RuntimeImport("*", "Intrinsics_WriteDr7")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteDr7(ulong value);

    /// <summary>XGETBV. CR4.OSXSAVE must be set.</summary>
    [RuntimeImport("*", "Intrinsics_ReadXcr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadXcr(uint index);

    /// <summary>XSETBV. A value the processor refuses is a panic (#GP); see <see cref="TryWriteXcr"/>.</summary>
    [RuntimeImport("*", "Intrinsics_WriteXcr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteXcr(uint index, ulong value);

    /// <summary>XSAVE64 of the components in <paramref name="mask"/> to <paramref name="area"/>, which is aligned to 64 bytes.</summary>
    [RuntimeImport("*", "Intrinsics_XSave")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void XSave(void* area, ulong mask);

    /// <summary>XRSTOR64 of the components in <paramref name="mask"/> from <paramref name="area"/>, which is aligned to 64 bytes. A malformed area is a panic (#GP).</summary>
    [RuntimeImport("*", "Intrinsics_XRestore")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void XRestore(void* area, ulong mask);

    /// <summary>FXSAVE64 to 512 bytes at <paramref name="area"/>, which is aligned to 16 bytes.</summary>
    [RuntimeImport("*", "Intrinsics_FxSave")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void FxSave(void* area);

    /// <summary>FXRSTOR64 from 512 bytes at <paramref name="area"/>, which is aligned to 16 bytes.</summary>
    [RuntimeImport("*", "Intrinsics_FxRestore")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void FxRestore(void* area);

    /// <summary>INVLPG: forgets the translation of one host-virtual address.</summary>
    [RuntimeImport("*", "Intrinsics_InvalidatePage")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void InvalidatePage(ulong address);

    /// <summary>INVLPGA: forgets the translation of one address in an address space (AMD APM vol. 3, INVLPGA).</summary>
    [RuntimeImport("*", "Intrinsics_InvalidatePageAsid")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void InvalidatePageAsid(uint asid, ulong address);

    /// <summary>LGDT.</summary>
    [RuntimeImport("*", "Intrinsics_LoadGdt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadGdt(DescriptorTableRegister* register);

    /// <summary>LIDT.</summary>
    [RuntimeImport("*", "Intrinsics_LoadIdt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadIdt(DescriptorTableRegister* register);

    /// <summary>SGDT.</summary>
    [RuntimeImport("*", "Intrinsics_StoreGdt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void StoreGdt(DescriptorTableRegister* register);

    /// <summary>SIDT.</summary>
    [RuntimeImport("*", "Intrinsics_StoreIdt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void StoreIdt(DescriptorTableRegister* register);

    /// <summary>LTR. The descriptor becomes busy.</summary>
    [RuntimeImport("*", "Intrinsics_LoadTaskRegister")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadTaskRegister(ushort selector);

    /// <summary>STR.</summary>
    [RuntimeImport("*", "Intrinsics_StoreTaskRegister")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ushort StoreTaskRegister();

    /// <summary>Reloads CS with <paramref name="code"/>, DS, ES and SS with <paramref name="data"/>, FS and GS with null (their bases become 0).</summary>
    [RuntimeImport("*", "Intrinsics_LoadSegments")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void LoadSegments(ushort code, ushort data);

    /// <summary>CLI.</summary>
    [RuntimeImport("*", "Intrinsics_DisableInterrupts")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void DisableInterrupts();

    /// <summary>STI.</summary>
    [RuntimeImport("*", "Intrinsics_EnableInterrupts")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void EnableInterrupts();

    /// <summary>STI, HLT, CLI: sleeps until an interrupt, without a gap in which one could be missed. Interrupts are off again afterwards.</summary>
    [RuntimeImport("*", "Intrinsics_WaitForInterrupt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WaitForInterrupt();

    /// <summary>HLT with interrupts as they are. With interrupts off only an NMI, SMI or INIT ends it.</summary>
    [RuntimeImport("*", "Intrinsics_Halt")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Halt();

    /// <summary>PAUSE, for loops that wait.</summary>
    [RuntimeImport("*", "Intrinsics_Pause")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void Pause();

    /// <summary>RFLAGS.</summary>
    [RuntimeImport("*", "Intrinsics_ReadFlags")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadFlags();

    /// <summary>RSP of the caller.</summary>
    [RuntimeImport("*", "Intrinsics_ReadStackPointer")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ReadStackPointer();

    /// <summary>WBINVD: writes all caches back and empties them. Slow.</summary>
    [RuntimeImport("*", "Intrinsics_WriteBackInvalidate")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void WriteBackInvalidate();

    /// <summary>MFENCE.</summary>
    [RuntimeImport("*", "Intrinsics_MemoryFence")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void MemoryFence();

    /// <summary>CLGI: GIF = 0. EFER.SVME must be set (AMD APM vol. 2, 15.17).</summary>
    [RuntimeImport("*", "Intrinsics_ClearGlobalInterrupts")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void ClearGlobalInterrupts();

    /// <summary>STGI: GIF = 1. EFER.SVME must be set (AMD APM vol. 2, 15.17).</summary>
    [RuntimeImport("*", "Intrinsics_SetGlobalInterrupts")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void SetGlobalInterrupts();

    /// <summary>VMLOAD from the VMCB at a host-physical address: FS, GS, TR, LDTR and the system call MSRs.</summary>
    [RuntimeImport("*", "Intrinsics_VmLoad")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void VmLoad(ulong vmcb);

    /// <summary>VMSAVE to the VMCB at a host-physical address: FS, GS, TR, LDTR and the system call MSRs.</summary>
    [RuntimeImport("*", "Intrinsics_VmSave")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void VmSave(ulong vmcb);

    /// <summary>Where the running image is loaded.</summary>
    [RuntimeImport("*", "Intrinsics_ImageBase")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern ulong ImageBase();

    /// <summary>INT3.</summary>
    [RuntimeImport("*", "Intrinsics_RaiseBreakpoint")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void RaiseBreakpoint();

    /// <summary>UD2. Does not return.</summary>
    [RuntimeImport("*", "Intrinsics_RaiseUndefined")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    public static extern void RaiseUndefined();

    /// <summary>The caller's registers, as far as they mean anything at a call; vector and error code are left alone.</summary>
    [RuntimeImport("*", "Intrinsics_CaptureRegisters")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern void CaptureRegisters(ExceptionFrame* frame);

    /// <summary>Pairs of offsets from the table's start, ending with 0, 0: an instruction that may raise #UD, #GP or #PF and where to go on then.</summary>
    [RuntimeImport("*", "Intrinsics_ExceptionTable")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    internal static extern int* ExceptionTable();

    /// <summary>RDRAND. Only on processors that have it.</summary>
    /// <returns>False when the processor has no random number at the moment.</returns>
    public static bool TryReadRandom(out ulong value)
    {
        ulong read;
        bool done = TryReadRandomCore(&read) != 0;
        value = read;
        return done;
    }

    /// <summary>RDSEED. Only on processors that have it.</summary>
    /// <returns>False when the processor has no random number at the moment.</returns>
    public static bool TryReadSeed(out ulong value)
    {
        ulong read;
        bool done = TryReadSeedCore(&read) != 0;
        value = read;
        return done;
    }

    [RuntimeImport("*", "Intrinsics_TryReadRandom")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int TryReadRandomCore(ulong* value);

    [RuntimeImport("*", "Intrinsics_TryReadSeed")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int TryReadSeedCore(ulong* value);

    [RuntimeImport("*", "Intrinsics_Cpuid")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern void CpuidCore(uint leaf, uint subleaf, uint* result);

    [RuntimeImport("*", "Intrinsics_TryReadMsr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int TryReadMsrCore(uint msr, ulong* value);

    [RuntimeImport("*", "Intrinsics_TryReadMemory64")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int TryReadMemory64Core(ulong address, ulong* value);

    [RuntimeImport("*", "Intrinsics_TryWriteMsr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int TryWriteMsrCore(uint msr, ulong value);

    [RuntimeImport("*", "Intrinsics_TryWriteXcr")]
    [MethodImpl(MethodImplOptions.InternalCall)]
    private static extern int TryWriteXcrCore(uint index, ulong value);
}
