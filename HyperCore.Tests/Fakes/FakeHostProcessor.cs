using System;
using HyperCore.Core.Processor;

namespace HyperCore.Tests.Fakes;

/// <summary>A physical processor that answers CPUID as a test says.</summary>
internal sealed class FakeHostProcessor(Func<uint, uint, CpuidResult> answer) : HostProcessor
{
    public const uint AuthEbx = 0x6874_7541;

    public int Barriers { get; private set; }

    /// <summary>A processor that claims to have everything that has a bit, and more leaves than exist.</summary>
    public static FakeHostProcessor AllOnes() => new((_, _) => Registers(uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue));

    /// <summary>About what a first EPYC has: AVX2, no AVX-512, XSAVEC, IBPB, 48 address bits.</summary>
    public static FakeHostProcessor Epyc(Func<uint, uint, CpuidResult, CpuidResult>? change = null) =>
        new((leaf, subleaf) => change == null ? EpycLeaf(leaf, subleaf) : change(leaf, subleaf, EpycLeaf(leaf, subleaf)));

    public override CpuidResult Cpuid(uint leaf, uint subleaf = 0) => answer(leaf, subleaf);

    public override void IndirectBranchPredictionBarrier() => Barriers++;

    public static CpuidResult Registers(uint eax, uint ebx, uint ecx, uint edx) => new() { Eax = eax, Ebx = ebx, Ecx = ecx, Edx = edx };

    private static CpuidResult EpycLeaf(uint leaf, uint subleaf) => (leaf, subleaf) switch
    {
        (0, _) => Registers(0xD, AuthEbx, 0x444D_4163, 0x6974_6E65),
        (1, _) => Registers(0x0080_0F12, 0x0508_0800, 0x7ED8_320B, 0x178B_FBFF),
        (7, 0) => Registers(0, 0x209C_01A9, 0, 0),
        (0xD, 0) => Registers(7, 832, 832, 0),
        (0xD, 1) => Registers(0xF, 832, 0, 0),
        (0xD, 2) => Registers(256, 576, 0, 0),
        (0x8000_0000, _) => Registers(0x8000_001F, AuthEbx, 0x444D_4163, 0x6974_6E65),
        (0x8000_0001, _) => Registers(0x0080_0F12, 0x4000_0000, 0x35C2_33FF, 0x2FD3_FBFF),
        (0x8000_0002, _) => Registers(0x2044_4D41, 0x4359_5045, 0x2020_2020, 0x2020_2020),
        (0x8000_0007, _) => Registers(0, 0x1B, 0, 0x6799),
        (0x8000_0008, _) => Registers(0x3030, 0x1007, 0x4007, 0),
        (0x8000_000A, _) => Registers(1, 0x8000, 0, 0x0001_BCFF),
        _ => default,
    };
}
