using System;
using System.Collections.Generic;
using System.Text;
using CsCheck;
using HyperCore.Core.Exits;
using HyperCore.Core.Processor;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Exits;

public sealed class CpuidPolicyTests
{
    private const ulong OsXsave = 1ul << 18;

    // Every bit that a guest may ever see set, by its number in the manuals (AMD APM vol. 3, appendix E). Whatever is new in a processor is
    // hidden until HyperCore virtualizes it and it is added here.
    private static readonly Dictionary<(uint Leaf, char Register), int[]> s_shown = new()
    {
        [(1, 'c')] = [0, 1, 9, 12, 13, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31],
        [(1, 'd')] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 19, 23, 24, 25, 26, 28],
        [(7, 'a')] = [],
        [(7, 'b')] = [0, 1, 3, 5, 7, 8, 9, 10, 16, 17, 18, 19, 20, 21, 23, 24, 28, 29, 30, 31],
        [(7, 'c')] = [1, 2, 6, 8, 9, 10, 11, 12, 14, 22],
        [(7, 'd')] = [4],
        [(6, 'a')] = [2],
        [(6, 'c')] = [],
        [(0x8000_0001, 'b')] = [],
        [(0x8000_0001, 'c')] = [0, 4, 5, 6, 7, 8, 11, 16, 21],
        [(0x8000_0001, 'd')] =
            [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 20, 22, 23, 24, 25, 26, 27, 29, 30, 31],
        [(0x8000_0007, 'a')] = [],
        [(0x8000_0007, 'b')] = [],
        [(0x8000_0007, 'c')] = [],
        [(0x8000_0007, 'd')] = [8],
        [(0x8000_0008, 'b')] = [0, 2, 9, 12],
        [(0x8000_000A, 'a')] = [],
        [(0x8000_000A, 'd')] = [],
        [(0x8000_001B, 'a')] = [],
        [(0x8000_001F, 'a')] = [],
        [(0x8000_0021, 'a')] = [0, 2, 6],
    };

    // What passes through as it is: names, caches, TLBs, and numbers that are not feature bits.
    private static readonly HashSet<uint> s_descriptive =
    [
        0, 1, 2, 4, 0xB, 0xD, 0x8000_0000, 0x8000_0001, 0x8000_0002, 0x8000_0003, 0x8000_0004, 0x8000_0005, 0x8000_0006, 0x8000_0008,
        0x8000_0019, 0x8000_001A,
    ];

    [Fact]
    public void Lookup_HostWithEveryBitSet_ShowsOnlyListedBits()
    {
        var policy = new CpuidPolicy(FakeHostProcessor.AllOnes(), apicId: 0, processors: 2);

        foreach (((uint leaf, char register), int[] bits) in s_shown)
        {
            uint allowed = 0;
            foreach (int bit in bits)
            {
                allowed |= 1u << bit;
            }

            uint shown = Pick(policy.Lookup(leaf, 0, OsXsave, 7), register);
            Assert.True((shown & ~allowed) == 0, $"leaf {leaf:X} E{register}X shows {shown & ~allowed:X8}");
        }
    }

    [Fact]
    public void Lookup_AnyHostAndAnyLeaf_ShowsNothingThatIsNotListed()
    {
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UInt, Gen.UInt, Gen.UInt).Sample(
            (eax, ebx, ecx, edx, subleaf) =>
            {
                var policy = new CpuidPolicy(new FakeHostProcessor((_, _) => FakeHostProcessor.Registers(eax, ebx, ecx, edx)), 0, 1);
                for (uint i = 0; i < 0x40; i++)
                {
                    CheckLeaf(policy, i, subleaf);
                    CheckLeaf(policy, 0x8000_0000 + i, subleaf);
                }
            },
            iter: 300);
    }

    [Theory]
    [InlineData(0x20u)]
    [InlineData(0x3FFF_FFFFu)]
    [InlineData(0x4000_0001u)]
    [InlineData(0x4000_0100u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0x8000_0022u)]
    [InlineData(0x8000_0026u)]
    [InlineData(0xC000_0000u)]
    [InlineData(0xFFFF_FFFFu)]
    public void Lookup_LeafOutsideTheTable_IsAllZeroes(uint leaf)
    {
        var policy = new CpuidPolicy(FakeHostProcessor.AllOnes(), 0, 1);

        Assert.Equal(default, policy.Lookup(leaf, 0, OsXsave, 7));
    }

    [Fact]
    public void Lookup_HypervisorLeaf_SpellsHyperCoreVmm()
    {
        var policy = new CpuidPolicy(FakeHostProcessor.Epyc(), 0, 1);
        CpuidResult r = policy.Lookup(0x4000_0000, 0xDEAD, 0, 1);

        byte[] name = [.. BitConverter.GetBytes(r.Ebx), .. BitConverter.GetBytes(r.Ecx), .. BitConverter.GetBytes(r.Edx)];
        Assert.Equal("HyperCoreVMM", Encoding.ASCII.GetString(name));
        Assert.Equal(0x4000_0000u, r.Eax);
        Assert.NotEqual(0u, policy.Lookup(1, 0, 0, 1).Ecx & 1u << 31);
    }

    [Fact]
    public void Lookup_Leaf1_OsXsaveMirrorsCr4()
    {
        var policy = new CpuidPolicy(FakeHostProcessor.Epyc(), 0, 1);

        Assert.Equal(0u, policy.Lookup(1, 0, 0, 1).Ecx & 1u << 27);
        Assert.Equal(0u, policy.Lookup(1, 0, ~OsXsave, 1).Ecx & 1u << 27);
        Assert.NotEqual(0u, policy.Lookup(1, 0, OsXsave, 1).Ecx & 1u << 27);
    }

    [Fact]
    public void Lookup_HostWithoutXsave_HidesEverythingOfIt()
    {
        FakeHostProcessor host = FakeHostProcessor.Epyc((leaf, _, r) =>
        {
            r.Ecx &= leaf == 1 ? ~(1u << 26) : uint.MaxValue;
            return r;
        });
        var policy = new CpuidPolicy(host, 0, 1);

        Assert.Equal(0u, policy.Lookup(1, 0, OsXsave, 1).Ecx & 3u << 26);
        Assert.Equal(0ul, policy.GuestXcr0);
        for (uint subleaf = 0; subleaf < 4; subleaf++)
        {
            Assert.Equal(default, policy.Lookup(0xD, subleaf, 0, 1));
        }
    }

    [Fact]
    public void Lookup_HostThatEndsBeforeLeafD_LeavesLeafDZero()
    {
        FakeHostProcessor host = FakeHostProcessor.Epyc((leaf, _, r) =>
        {
            r.Eax = leaf == 0 ? 7 : r.Eax;
            return r;
        });
        var policy = new CpuidPolicy(host, 0, 1);

        Assert.Equal(7u, policy.MaximumBasic);
        Assert.Equal(default, policy.Lookup(0xD, 0, 0, 1));
        Assert.Equal(default, policy.Lookup(0xB, 9, 0, 1));
    }

    [Fact]
    public void Lookup_LeafD_SizesFollowXcr0()
    {
        var policy = new CpuidPolicy(FakeHostProcessor.Epyc(), 0, 1);

        CpuidResult x87 = policy.Lookup(0xD, 0, OsXsave, 1);
        CpuidResult avx = policy.Lookup(0xD, 0, OsXsave, 7);
        Assert.Equal((7u, 576u, 832u, 0u), (x87.Eax, x87.Ebx, x87.Ecx, x87.Edx));
        Assert.Equal((7u, 832u, 832u, 0u), (avx.Eax, avx.Ebx, avx.Ecx, avx.Edx));
        Assert.Equal(FakeHostProcessor.Registers(0xF, 832, 0, 0), policy.Lookup(0xD, 1, OsXsave, 7));
        Assert.Equal((256u, 576u), (policy.Lookup(0xD, 2, OsXsave, 7).Eax, policy.Lookup(0xD, 2, OsXsave, 7).Ebx));
    }

    [Fact]
    public void Lookup_LeafD_Avx512GapsCountOnlyUncompacted()
    {
        // The standard format keeps the place of MPX (bounds at 960 and 1024) and has the parts of AVX-512 behind it.
        FakeHostProcessor host = FakeHostProcessor.Epyc((leaf, subleaf, r) => (leaf, subleaf) switch
        {
            (0xD, 0) => FakeHostProcessor.Registers(0xE7, 2688, 2688, 0),
            (0xD, 5) => FakeHostProcessor.Registers(64, 1088, 0, 0),
            (0xD, 6) => FakeHostProcessor.Registers(512, 1152, 0, 0),
            (0xD, 7) => FakeHostProcessor.Registers(1024, 1664, 0, 0),
            _ => r,
        });
        var policy = new CpuidPolicy(host, 0, 1);

        Assert.Equal(0xE7ul, policy.GuestXcr0);
        Assert.Equal(2688u, policy.Lookup(0xD, 0, OsXsave, 0xE7).Ebx);
        Assert.Equal(576u + 256 + 64 + 512 + 1024, policy.Lookup(0xD, 1, OsXsave, 0xE7).Ebx);
        Assert.Equal(832u, policy.Lookup(0xD, 0, OsXsave, 7).Ebx);
        Assert.Equal(default, policy.Lookup(0xD, 3, OsXsave, 7));
        Assert.Equal(1664u, policy.Lookup(0xD, 7, OsXsave, 7).Ebx);
    }

    [Fact]
    public void Lookup_LeavesWithoutIndex_IgnoreEcx()
    {
        var policy = new CpuidPolicy(FakeHostProcessor.Epyc(), 0, 1);
        foreach (uint leaf in new uint[] { 0, 1, 2, 6, 0x4000_0000, 0x8000_0000, 0x8000_0001, 0x8000_0008 })
        {
            Assert.Equal(policy.Lookup(leaf, 0, OsXsave, 7), policy.Lookup(leaf, 0xFFFF_FFFF, OsXsave, 7));
        }
    }

    [Theory]
    [InlineData(4u)]
    [InlineData(7u)]
    [InlineData(0xDu)]
    public void Lookup_IndexedLeafBeyondItsIndexes_IsAllZeroes(uint leaf)
    {
        var policy = new CpuidPolicy(FakeHostProcessor.AllOnes(), 0, 1);

        Assert.Equal(default, policy.Lookup(leaf, 8, OsXsave, 7));
        Assert.Equal(default, policy.Lookup(leaf, 0xFFFF_FFFF, OsXsave, 7));
    }

    [Fact]
    public void Lookup_TopologyLevelThatDoesNotExist_EchoesTheLevelAndTheApicId()
    {
        // Intel SDM vol. 2A, CPUID leaf 0Bh: "ECX[7:0] is always preserved", EDX is the x2APIC ID at every level.
        var policy = new CpuidPolicy(FakeHostProcessor.Epyc(), apicId: 3, processors: 4);
        foreach (uint level in new uint[] { 2, 5, 0xAB })
        {
            CpuidResult r = policy.Lookup(0xB, level, 0, 1);
            Assert.Equal((0u, 0u, level, 3u), (r.Eax, r.Ebx, r.Ecx, r.Edx));
        }
    }

    [Theory]
    [InlineData(1u, 0u)]
    [InlineData(2u, 1u)]
    [InlineData(3u, 2u)]
    [InlineData(64u, 6u)]
    public void Lookup_Topology_OneThreadACoreInOnePackage(uint processors, uint shift)
    {
        var policy = new CpuidPolicy(FakeHostProcessor.Epyc(), apicId: processors - 1, processors);

        CpuidResult threads = policy.Lookup(0xB, 0, 0, 1);
        CpuidResult cores = policy.Lookup(0xB, 1, 0, 1);
        Assert.Equal((0u, 1u, 0x100u, processors - 1), (threads.Eax, threads.Ebx, threads.Ecx, threads.Edx));
        Assert.Equal((shift, processors, 0x201u, processors - 1), (cores.Eax, cores.Ebx, cores.Ecx, cores.Edx));
        uint ebx = policy.Lookup(1, 0, 0, 1).Ebx;
        Assert.Equal((processors - 1, processors), (ebx >> 24, ebx >> 16 & 0xFF));
        Assert.Equal(processors > 1, (policy.Lookup(1, 0, 0, 1).Edx & 1u << 28) != 0);
        Assert.Equal(processors - 1, policy.Lookup(0x8000_0008, 0, 0, 1).Ecx);
    }

    [Fact]
    public void Lookup_VirtualApicFeatures_AreShownWhateverTheHostHas()
    {
        // The emulated local APIC has x2APIC mode, TSC-deadline mode and a timer that never stops.
        var policy = new CpuidPolicy(new FakeHostProcessor((leaf, _) => leaf == 0 ? FakeHostProcessor.Registers(0xD, 1, 2, 3) : default), 0, 1);

        Assert.Equal(1u << 21 | 1u << 24 | 1u << 31, policy.Lookup(1, 0, 0, 1).Ecx);
        Assert.Equal(1u << 9, policy.Lookup(1, 0, 0, 1).Edx);
        Assert.Equal(4u, policy.Lookup(6, 0, 0, 1).Eax);
    }

    [Fact]
    public void Lookup_HostWithoutExtendedLeaves_HasNone()
    {
        var policy = new CpuidPolicy(new FakeHostProcessor((_, _) => FakeHostProcessor.Registers(5, 0, 0, 0)), 0, 1);

        Assert.Equal(default, policy.Lookup(0x8000_0000, 0, 0, 1));
        Assert.Equal(0u, policy.ExtendedFeatures);
    }

    [Fact]
    public void Lookup_HostWithFiveLevelPaging_ShowsTheWidthOfFour()
    {
        // LA57 is hidden, so no guest can have linear addresses of 57 bits.
        FakeHostProcessor host = FakeHostProcessor.Epyc((leaf, _, r) =>
        {
            r.Eax = leaf == 0x8000_0008 ? 0x3934 : r.Eax;
            return r;
        });

        Assert.Equal(0x3034u, new CpuidPolicy(host, 0, 1).Lookup(0x8000_0008, 0, 0, 1).Eax);
    }

    private static void CheckLeaf(CpuidPolicy policy, uint leaf, uint subleaf)
    {
        CpuidResult r = policy.Lookup(leaf, subleaf, OsXsave, 7);
        foreach (char register in "abcd")
        {
            if (s_shown.TryGetValue((leaf, register), out int[]? bits))
            {
                uint allowed = 0;
                foreach (int bit in bits)
                {
                    allowed |= 1u << bit;
                }

                Assert.Equal(0u, Pick(r, register) & ~allowed);
            }
            else if (!s_descriptive.Contains(leaf))
            {
                Assert.Equal(0u, Pick(r, register));
            }
        }
    }

    private static uint Pick(CpuidResult r, char register) => register switch
    {
        'a' => r.Eax,
        'b' => r.Ebx,
        'c' => r.Ecx,
        _ => r.Edx,
    };
}
