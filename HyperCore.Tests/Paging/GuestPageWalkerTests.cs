using CsCheck;
using HyperCore.Core.Paging;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Paging;

public sealed class GuestPageWalkerTests
{
    private static readonly GuestPageAccess[] s_accesses =
    [
        GuestPageAccess.Read,
        GuestPageAccess.Write,
        GuestPageAccess.Fetch,
        GuestPageAccess.User,
        GuestPageAccess.User | GuestPageAccess.Write,
        GuestPageAccess.User | GuestPageAccess.Fetch,
    ];

    [Theory]
    [InlineData((int)PagingKind.Bits32)]
    [InlineData((int)PagingKind.Pae)]
    [InlineData((int)PagingKind.Level4)]
    [InlineData((int)PagingKind.Level5)]
    public void TryTranslate_RandomTables_AsTheManualSays(int kind)
    {
        Gen.Select(Gen.ULong, Gen.UInt.Array[5], Gen.UInt).Sample(
            (linear, levels, options) =>
            {
                foreach (GuestPageAccess access in s_accesses)
                {
                    Check(new PagingCase((PagingKind)kind, linear, levels, options), access);
                }
            },
            iter: 1_000);
    }

    [Fact]
    public void TryTranslate_PagingOff_IsIdentityIn32Bits()
    {
        var memory = new FakeGuestMemory();
        var cpu = new FakeVirtualProcessor();
        var walker = new GuestPageWalker(memory.Memory);

        Assert.True(walker.TryTranslate(cpu, 0x1_0000_1234, GuestPageAccess.Write, out ulong guestPhysical, out _));
        Assert.Equal(0x1234ul, guestPhysical);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void TryTranslate_EntryChangedAfterAWalk_IsSeen(int level)
    {
        var mapping = new PagingCase(PagingKind.Level4, 0x7FFF_1234_5678, [uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0], 0);
        var walker = new GuestPageWalker(mapping.Memory.Memory);
        Assert.True(walker.TryTranslate(mapping.Cpu, mapping.Linear, GuestPageAccess.Read, out _, out _));
        Assert.True(walker.TryTranslate(mapping.Cpu, mapping.Linear, GuestPageAccess.Read, out _, out _));

        mapping.MakeAbsent(level);

        Assert.False(walker.TryTranslate(mapping.Cpu, mapping.Linear, GuestPageAccess.Read, out _, out uint errorCode));
        Assert.Equal(0u, errorCode);
    }

    [Fact]
    public void TryTranslate_AccessedBitCleared_IsSetAgain()
    {
        var mapping = new PagingCase(PagingKind.Level4, 0x1000, [uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0], 0);
        var walker = new GuestPageWalker(mapping.Memory.Memory);
        walker.TryTranslate(mapping.Cpu, mapping.Linear, GuestPageAccess.Read, out _, out _);
        ulong entryAddress = 0x4000 + ((mapping.Linear >> 12) & 0x1FF) * 8;
        mapping.Memory.Write64(entryAddress, mapping.Memory.Read64(entryAddress) & ~0x20ul);

        Assert.True(walker.TryTranslate(mapping.Cpu, mapping.Linear, GuestPageAccess.Read, out _, out _));

        Assert.NotEqual(0ul, mapping.Memory.Read64(entryAddress) & 0x20);
    }

    [Fact]
    public void TryTranslate_MemoryReplacedAfterAWalk_IsNotReadThroughOldPointers()
    {
        var mapping = new PagingCase(PagingKind.Level4, 0x1000, [uint.MaxValue, uint.MaxValue, uint.MaxValue, uint.MaxValue, 0], 0);
        var walker = new GuestPageWalker(mapping.Memory.Memory);
        Assert.True(walker.TryTranslate(mapping.Cpu, mapping.Linear, GuestPageAccess.Read, out _, out _));

        mapping.Memory.Memory.Clear();

        Assert.False(walker.TryTranslate(mapping.Cpu, mapping.Linear, GuestPageAccess.Read, out _, out _));
    }

    [Theory]
    [InlineData((int)PagingKind.Pae)]
    [InlineData((int)PagingKind.Level4)]
    [InlineData((int)PagingKind.Level5)]
    public void TryTranslate_TablesOutsideRam_FaultAsReserved(int kind)
    {
        var mapping = new PagingCase((PagingKind)kind, 0x1000, new uint[5], 0);
        var walker = new GuestPageWalker(mapping.Memory.Memory, PagingCase.MaximumPhysicalBits);
        mapping.Cpu.Cr3 = 0x7FFF_F000;

        Assert.False(walker.TryTranslate(mapping.Cpu, mapping.Linear, GuestPageAccess.Write, out _, out uint errorCode));
        Assert.Equal(0xBu, errorCode);
    }

    private static void Check(PagingCase mapping, GuestPageAccess access)
    {
        var walker = new GuestPageWalker(mapping.Memory.Memory, PagingCase.MaximumPhysicalBits);
        byte[] before = mapping.Memory.Read(0, 0x6000);
        uint? expected = mapping.ExpectedError(access);
        for (int again = 0; again < 2; again++)
        {
            bool allowed = walker.TryTranslate(mapping.Cpu, mapping.Linear, access, out ulong guestPhysical, out uint errorCode);
            if (expected is uint error)
            {
                Assert.False(allowed);
                Assert.Equal(error, errorCode);
                Assert.Equal(before, mapping.Memory.Read(0, 0x6000));
                continue;
            }

            Assert.True(allowed);
            Assert.Equal(mapping.ExpectedPhysical, guestPhysical);
            for (int level = 0; level < mapping.LevelCount; level++)
            {
                bool isLeaf = level == mapping.LevelCount - 1;
                if (mapping.HasAccessedBit(level))
                {
                    Assert.NotEqual(0ul, mapping.EntryAt(level) & 0x20);
                }

                if (isLeaf && access.HasFlag(GuestPageAccess.Write))
                {
                    Assert.NotEqual(0ul, mapping.EntryAt(level) & 0x40);
                }
            }
        }
    }
}
