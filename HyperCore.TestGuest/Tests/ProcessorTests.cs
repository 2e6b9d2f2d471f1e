using HyperCore.Efi.Cpu;
using HyperCore.TestGuest.Machine;

namespace HyperCore.TestGuest.Tests;

/// <summary>Instructions that a hypervisor intercepts.</summary>
internal static unsafe class ProcessorTests
{
    /// <summary>"HyperCoreVMM".</summary>
    public const uint SignatureEbx = 0x6570_7948;
    public const uint SignatureEcx = 0x726F_4372;
    public const uint SignatureEdx = 0x4D4D_5665;

    private const uint PrefixedForms = 8;
    private const uint Hypervisor = 1u << 31;
    private const uint XSave = 1u << 26;
    private const uint OsXSave = 1u << 27;
    private const uint Monitor = 1u << 3;
    private const uint Avx = 1u << 28;
    private const uint Svm = 1u << 2;
    private const uint PatMsr = 0x277;
    private const ulong PatReset = 0x0007_0406_0007_0406;
    private const ulong PatOther = 0x0007_0406_0007_0106;
    private const ulong PatInvalid = 0x0007_0406_0007_0402;
    private const uint EferMsr = 0xC000_0080;
    private const uint TscAuxMsr = 0xC000_0103;
    private const uint VmControlMsr = 0xC001_0114;
    private const uint VmxBasicMsr = 0x480;
    private const uint Vmx = 1u << 5;
    private const uint Intel = 0x756E_6547; // "Genu"
    private const ulong Cr4Vmxe = 1 << 13;
    private const ulong Cr4MachineCheck = 1 << 6;
    private const ulong Cr0NumericError = 1 << 5;
    private const ulong Cr0NotWriteThrough = 1 << 29;
    private const ulong Cr0CacheDisable = 1 << 30;
    private const uint UnknownMsr = 0x1234_5678;
    private const ulong EferSvme = 1 << 12;
    private const ulong LongModeActive = 1 << 10;
    private const ulong Cr4OsXSave = 1 << 18;

    public static void Cpuid(Check check)
    {
        Intrinsics.Cpuid(0, 0, out uint maximum, out _, out _, out _);
        check.True("leaf 0 shows at least leaf 0Dh", maximum >= 0xD);
        Intrinsics.Cpuid(1, 0, out _, out _, out uint features, out uint edx);
        check.True("hypervisor bit", (features & Hypervisor) != 0);
        check.True("local APIC bit", (edx & (1 << 9)) != 0);
        if (!check.IsHyperCore)
        {
            return;
        }

        Intrinsics.Cpuid(0x4000_0000, 0, out uint highest, out uint b, out uint c, out uint d);
        check.True("hypervisor leaf", highest >= 0x4000_0000);
        check.Equal("signature, EBX", SignatureEbx, b);
        check.Equal("signature, ECX", SignatureEcx, c);
        check.Equal("signature, EDX", SignatureEdx, d);
        check.Equal("MONITOR", 0, features & Monitor);
        check.True("x2APIC", (features & (1u << 21)) != 0);
        check.True("TSC deadline", (features & (1u << 24)) != 0);
    }

    public static void CpuidPrefix(Check check)
    {
        check.Equal("forms of leaf 0", PrefixedForms, Probes.PrefixedCpuid(0));
        check.Equal("forms of leaf 80000000h", PrefixedForms, Probes.PrefixedCpuid(0x8000_0000));
    }

    public static void VirtualizationHidden(Check check)
    {
        if (!check.IsHyperCore)
        {
            check.Skip("needs HyperCore");
            return;
        }

        Intrinsics.Cpuid(0x8000_0001, 0, out _, out _, out uint ecx, out _);
        check.Equal("SVM bit", 0, ecx & Svm);
        Intrinsics.Cpuid(0x8000_000A, 0, out uint a, out uint b, out uint c, out uint d);
        check.Equal("SVM leaf", 0, a | b | c | d);
        Intrinsics.Cpuid(1, 0, out _, out _, out uint features, out _);
        check.Equal("VMX bit", 0, features & Vmx);
        Intrinsics.Cpuid(0, 0, out _, out uint vendor, out _, out _);
        if (vendor == Intel)
        {
            check.True("IA32_VMX_BASIC is refused", !Intrinsics.TryReadMsr(VmxBasicMsr, out _));
            check.True("CR4.VMXE is refused", !Guard.Try(&SetVmxEnable));
            check.Equal("CR4.VMXE raises #GP", Interrupts.GeneralProtection, Interrupts.LastException);
            check.Equal("CR4.VMXE reads as", 0, Intrinsics.ReadCr4() & Cr4Vmxe);
        }
        else
        {
            check.True("VM_CR exists", Intrinsics.TryReadMsr(VmControlMsr, out ulong control));
            check.Equal("VM_CR says locked off", 0x18, control & 0x18);
        }

        check.True("EFER.SVME is refused", !Intrinsics.TryWriteMsr(EferMsr, Intrinsics.ReadEfer() | EferSvme));
        check.Equal("exception", Interrupts.GeneralProtection, Interrupts.LastException);
    }

    public static void ControlRegisters(Check check)
    {
        ulong cr0 = Intrinsics.ReadCr0();
        Intrinsics.WriteCr0(cr0 ^ Cr0NumericError);
        check.Equal("CR0 with the other NE", cr0 ^ Cr0NumericError, Intrinsics.ReadCr0());
        Intrinsics.WriteCr0(cr0 ^ Cr0CacheDisable);
        check.Equal("CR0 with the other CD", cr0 ^ Cr0CacheDisable, Intrinsics.ReadCr0());
        Intrinsics.WriteCr0(cr0);
        check.Equal("CR0 as it was", cr0, Intrinsics.ReadCr0());
        ulong cr4 = Intrinsics.ReadCr4();
        Intrinsics.WriteCr4(cr4 ^ Cr4MachineCheck);
        check.Equal("CR4 with the other MCE", cr4 ^ Cr4MachineCheck, Intrinsics.ReadCr4());
        Intrinsics.WriteCr4(cr4);
        check.Equal("CR4 as it was", cr4, Intrinsics.ReadCr4());
        Intrinsics.Cpuid(0, 0, out _, out uint vendor, out _, out _);
        if (vendor == Intel)
        {
            // QEMU's AMD processors take it.
            check.True("CR0.NW without CD is refused", !Guard.Try(&SetNotWriteThrough));
            check.Equal("CR0.NW raises #GP", Interrupts.GeneralProtection, Interrupts.LastException);
            check.Equal("CR0 afterwards", cr0, Intrinsics.ReadCr0());
        }
    }

    public static void Undefined(Check check)
    {
        check.True("VMRUN is refused", !Guard.Try(&VmRun));
        check.Equal("VMRUN raises #UD", Interrupts.InvalidOpcode, Interrupts.LastException);
        check.True("VMMCALL is refused", !Guard.Try(&VmmCall));
        check.Equal("VMMCALL raises #UD", Interrupts.InvalidOpcode, Interrupts.LastException);
        check.True("UD2 raises an exception", !Guard.Try(&Undefined2));
        check.Equal("UD2 raises #UD", Interrupts.InvalidOpcode, Interrupts.LastException);
        if (check.IsHyperCore)
        {
            check.True("MONITOR is refused", !Guard.Try(&ExecuteMonitor));
            check.Equal("MONITOR raises #UD", Interrupts.InvalidOpcode, Interrupts.LastException);
        }
    }

    public static void Msr(Check check)
    {
        check.Equal("APIC_BASE", 0xFEE0_0900, Intrinsics.ReadMsr(Apic.BaseMsr));
        check.Equal("PAT", PatReset, Intrinsics.ReadMsr(PatMsr));
        Intrinsics.WriteMsr(PatMsr, PatOther);
        check.Equal("PAT after a write", PatOther, Intrinsics.ReadMsr(PatMsr));
        Intrinsics.WriteMsr(PatMsr, PatReset);
        check.True("EFER.LMA", (Intrinsics.ReadEfer() & LongModeActive) != 0);
        Intrinsics.WriteMsr(TscAuxMsr, 0x1234);
        check.Equal("TSC_AUX", 0x1234, Intrinsics.ReadMsr(TscAuxMsr));
        ulong first = Intrinsics.ReadTsc();
        check.True("the TSC runs", Intrinsics.ReadTsc() > first);
        if (check.IsHyperCore)
        {
            check.True("a memory type that does not exist", !Intrinsics.TryWriteMsr(PatMsr, PatInvalid));
            check.Equal("PAT after a refused write", PatReset, Intrinsics.ReadMsr(PatMsr));
        }
    }

    public static void MsrUnknown(Check check)
    {
        if (!check.IsHyperCore)
        {
            check.Skip("needs HyperCore");
            return;
        }

        check.True("RDMSR of an unknown register", !Intrinsics.TryReadMsr(UnknownMsr, out _));
        check.Equal("RDMSR's exception", Interrupts.GeneralProtection, Interrupts.LastException);
        check.Equal("RDMSR's error code", 0, Interrupts.LastErrorCode);
        check.True("WRMSR of an unknown register", !Intrinsics.TryWriteMsr(UnknownMsr, 0));
        check.Equal("WRMSR's exception", Interrupts.GeneralProtection, Interrupts.LastException);
    }

    public static void Xcr0(Check check)
    {
        Intrinsics.Cpuid(1, 0, out _, out _, out uint features, out _);
        if ((features & XSave) == 0)
        {
            check.Skip("no XSAVE");
            return;
        }

        Intrinsics.WriteCr4(Intrinsics.ReadCr4() | Cr4OsXSave);
        Intrinsics.Cpuid(1, 0, out _, out _, out features, out _);
        check.True("CPUID mirrors CR4.OSXSAVE", (features & OsXSave) != 0);
        check.Equal("XCR0", 1, Intrinsics.ReadXcr(0));
        ulong all = (features & Avx) != 0 ? 7u : 3u;
        check.True("valid value", Intrinsics.TryWriteXcr(0, all));
        check.Equal("XCR0 after a write", all, Intrinsics.ReadXcr(0));
        Intrinsics.Cpuid(0xD, 0, out _, out uint size, out _, out _);
        check.True("CPUID knows the area's size", size >= (all == 7 ? 832u : 576u));
        check.True("without x87", !Intrinsics.TryWriteXcr(0, 2));
        check.Equal("exception", Interrupts.GeneralProtection, Interrupts.LastException);
        check.True("unknown component", !Intrinsics.TryWriteXcr(0, all | (1ul << 62)));
        check.True("XCR1", !Intrinsics.TryWriteXcr(1, 1));
        check.True("AVX without SSE", !Intrinsics.TryWriteXcr(0, 5));
        check.Equal("XCR0 after refused writes", all, Intrinsics.ReadXcr(0));
        Intrinsics.WriteXcr(0, 1);
        Intrinsics.WriteCr4(Intrinsics.ReadCr4() & ~Cr4OsXSave);
        check.True("XSETBV without CR4.OSXSAVE", !Intrinsics.TryWriteXcr(0, 1));
        check.Equal("its exception", Interrupts.InvalidOpcode, Interrupts.LastException);
    }

    public static void SoftwareInterrupt(Check check)
    {
        Interrupts.Clear(Interrupts.Software);
        Probes.SoftwareInterrupt();
        Probes.SoftwareInterrupt();
        check.Equal("INT 80h", 2, Interrupts.Count(Interrupts.Software));
        check.True("INT3 raises an exception", !Guard.Try(&Breakpoint));
        check.Equal("INT3's vector", 3, Interrupts.LastException);
    }

    public static void SingleStep(Check check)
    {
        Interrupts.Clear(Interrupts.Debug);
        ulong behind = Probes.SingleStep();
        check.Equal("debug exceptions", 1, Interrupts.Count(Interrupts.Debug));
        check.Equal("RIP", behind, Interrupts.LastRip);
        check.True("DR6.BS", (Intrinsics.ReadDr6() & (1 << 14)) != 0);
        Intrinsics.WriteDr6(0);
    }

    private static void SetVmxEnable(ulong first, ulong second) => Intrinsics.WriteCr4(Intrinsics.ReadCr4() | Cr4Vmxe);

    private static void SetNotWriteThrough(ulong first, ulong second) => Intrinsics.WriteCr0(Intrinsics.ReadCr0() | Cr0NotWriteThrough);

    private static void VmRun(ulong first, ulong second) => Probes.VmRun(0);

    private static void VmmCall(ulong first, ulong second) => Probes.VmmCall();

    private static void Undefined2(ulong first, ulong second) => Intrinsics.RaiseUndefined();

    private static void Breakpoint(ulong first, ulong second) => Intrinsics.RaiseBreakpoint();

    private static void ExecuteMonitor(ulong first, ulong second) => Probes.Monitor((ulong)Probes.SparePages());
}
