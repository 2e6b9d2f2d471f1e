using System;
using System.Collections.Generic;
using CsCheck;
using HyperCore.Core.Virtio;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>Rings that break the rules: the device says so, and never hangs or touches what is not the guest's.</summary>
public sealed class HostileRingTests
{
    private const ulong Ring = 0x1000;
    private const ulong Table = 0x4000;
    private const ulong Buffer = 0x6000;
    private const ulong RamEnd = 0x1_0000;
    private const int Size = 8;
    private const ushort Next = 1;
    private const ushort Write = 2;
    private const ushort Indirect = 4;
    private const ulong Both = RingDriver.IndirectFlag | RingDriver.EventIndexFlag;

    private readonly FakeGuestMemory _memory = new(RamEnd);

    public static TheoryData<string, int[]> BrokenSplitChains => new()
    {
        { "a loop of one", [Entry(Next, 0)] },
        { "a loop of two", [Entry(Next, 1), Entry(Next, 0)] },
        { "next outside of the table", [Entry(Next, Size)] },
        { "next far outside of the table", [Entry(Next, 0xFFFF)] },
        { "readable after writable", [Entry(Write | Next, 1), Entry(0, 0)] },
        { "indirect and next", [Entry(Indirect | Next, 1), Entry(0, 0)] },
    };

    [Theory]
    [MemberData(nameof(BrokenSplitChains))]
    public void SplitChain_AgainstTheRules_IsBroken(string what, int[] entries)
    {
        Virtqueue queue = Split(Both);
        for (int i = 0; i < entries.Length; i++)
        {
            Descriptor(Ring + (16 * (ulong)i), Buffer, 16, (ushort)entries[i], (ushort)(entries[i] >> 16));
        }

        Offer(0);
        Assert.True(queue.TryTake(new DescriptorChain(_memory.Memory, Size)) == TakeResult.Broken, what);
    }

    [Theory]
    [InlineData(RamEnd, 1u)]
    [InlineData(RamEnd - 8, 9u)]
    [InlineData(ulong.MaxValue, 1u)]
    [InlineData(ulong.MaxValue, 2u)]
    [InlineData(ulong.MaxValue - 15, 16u)]
    [InlineData(0ul, uint.MaxValue)]
    [InlineData(0xFEE0_0000ul, 4u)]
    public void Buffer_ThatIsNotRam_IsBroken(ulong address, uint length)
    {
        foreach (ushort flags in new ushort[] { 0, Write })
        {
            Virtqueue split = Split(0);
            Descriptor(Ring, address, length, flags, 0);
            Offer(0);
            Assert.Equal(TakeResult.Broken, split.TryTake(new DescriptorChain(_memory.Memory, Size)));

            Virtqueue packed = Packed(0);
            Descriptor(Ring, address, length, 0, (ushort)(flags | 0x80));
            Assert.Equal(TakeResult.Broken, packed.TryTake(new DescriptorChain(_memory.Memory, Size)));
        }
    }

    [Theory]
    [InlineData(Table, 0u)]
    [InlineData(Table, 15u)]
    [InlineData(Table, 17u)]
    [InlineData(RamEnd - 16, 32u)]
    [InlineData(RamEnd, 16u)]
    [InlineData(Table, 0xFFFF_FFF0u)]
    [InlineData(0xFFFF_FFFF_FFFF_FFF0ul, 16u)]
    public void Table_ThatCannotBe_IsBroken(ulong table, uint length)
    {
        Virtqueue split = Split(Both);
        Descriptor(Table, Buffer, 16, 0, 0);
        Descriptor(Ring, table, length, Indirect, 0);
        Offer(0);
        Assert.Equal(TakeResult.Broken, split.TryTake(new DescriptorChain(_memory.Memory, Size)));

        Virtqueue packed = Packed(Both);
        Descriptor(Ring, table, length, 0, Indirect | 0x80);
        Assert.Equal(TakeResult.Broken, packed.TryTake(new DescriptorChain(_memory.Memory, Size)));
    }

    [Fact]
    public void Table_WithoutTheFeature_InATable_OrALoopInIt_IsBroken()
    {
        Descriptor(Table, Buffer, 16, 0, 0);
        Virtqueue queue = Split(0);
        Descriptor(Ring, Table, 16, Indirect, 0);
        Offer(0);
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));

        queue = Split(Both);
        Descriptor(Table, Table + 16, 16, Indirect, 0);
        Descriptor(Ring, Table, 16, Indirect, 0);
        Offer(0);
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));

        queue = Split(Both);
        Descriptor(Table, Buffer, 1, Next, 1);
        Descriptor(Table + 16, Buffer, 1, Next, 0);
        Descriptor(Ring, Table, 32, Indirect, 0);
        Offer(0);
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));

        queue = Packed(0);
        Descriptor(Ring, Table, 16, 0, Indirect | 0x80);
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));
    }

    // 2.7.5.3.2: chained descriptors and then a table.
    [Fact]
    public void SplitChain_ThatEndsWithATable_IsOneBuffer()
    {
        Virtqueue queue = Split(Both);
        Descriptor(Ring, Buffer, 3, Next, 5);
        Descriptor(Ring + (16 * 5), Table, 32, Indirect | Write, 0);
        Descriptor(Table, Buffer + 3, 4, Next, 1);
        Descriptor(Table + 16, Buffer + 7, 5, Write, 0);
        Offer(0);
        var chain = new DescriptorChain(_memory.Memory, Size);
        Assert.Equal(TakeResult.Taken, queue.TryTake(chain));
        Assert.Equal(7ul, chain.ReadableLeft);
        Assert.Equal(5ul, chain.WritableLeft);
    }

    [Theory]
    [InlineData((ushort)(Size + 1))]
    [InlineData((ushort)0x8000)]
    [InlineData((ushort)0xFFFF)]
    public void SplitIndex_TooFarAhead_IsBroken(ushort index)
    {
        Virtqueue queue = Split(0);
        _memory.Write(Ring + (16 * Size) + 2, (byte)index, (byte)(index >> 8));
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));
    }

    [Fact]
    public void SplitHead_OutsideOfTheTable_IsBroken()
    {
        Virtqueue queue = Split(0);
        Offer(Size);
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));
    }

    [Fact]
    public void PackedChain_WithoutEnd_IsBroken()
    {
        Virtqueue queue = Packed(0);
        for (ulong i = 0; i < Size; i++)
        {
            Descriptor(Ring + (16 * i), Buffer, 1, 0, Next | 0x80);
        }

        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, 64)));
    }

    [Fact]
    public void PackedTable_InAChain_IsBroken()
    {
        Virtqueue queue = Packed(Both);
        Descriptor(Table, Buffer, 1, 0, 0);
        Descriptor(Ring, Buffer, 1, 0, Next | 0x80);
        Descriptor(Ring + 16, Table, 16, 0, Indirect | 0x80);
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));
        Descriptor(Ring, Table, 16, 0, Indirect | Next | 0x80);
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));
    }

    [Fact]
    public void Chain_OfMoreThanFourGigabytes_IsBroken()
    {
        // The same RAM again and again.
        Virtqueue queue = Split(Both);
        for (ulong i = 0; i < Size; i++)
        {
            Descriptor(Ring + (16 * i), 0, (uint)RamEnd, Next, (ushort)(i + 1));
        }

        Offer(0);
        Assert.Equal(TakeResult.Broken, queue.TryTake(new DescriptorChain(_memory.Memory, Size)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RandomRings_NeverThrowOrRunAway(bool packed)
    {
        Gen<(int At, ulong Value)> change = Gen.Select(Gen.Int[0, 0x7FF], Gen.ULong);
        Gen.Select(Gen.Int, change.Array[1, 20], Gen.Bool).Sample((seed, changes, small) =>
        {
            var memory = new FakeGuestMemory(RamEnd);
            RingDriver driver = RingDriver.Create(packed, memory, Ring, Table, Size, Both);
            Virtqueue queue = driver.CreateQueue(Both);
            var random = new Random(seed);
            var inHand = new List<DescriptorChain>();
            foreach ((int at, ulong value) in changes)
            {
                // Values that are near to sensible ones, or anything.
                ulong written = small ? (value & 0x0000_0007_0087_0000) | ((ulong)random.Next((int)RamEnd) & value) : value;
                memory.Write64(Ring + (ulong)(at & ~7), written);
                memory.Write64(Table + (ulong)(at & ~7), written);
                memory.Write(driver.DriverArea + 2, (byte)random.Next(256), (byte)random.Next(2));
                for (int i = 0; i < 4; i++)
                {
                    var chain = new DescriptorChain(memory.Memory, Size);
                    if (queue.TryTake(chain) == TakeResult.Taken)
                    {
                        Assert.InRange(chain.RingDescriptors, 1, Size);
                        chain.TryRead(new byte[Math.Min(chain.ReadableLeft, 100)]);
                        chain.TryWrite(new byte[Math.Min(chain.WritableLeft, 100)]);
                        inHand.Add(chain);
                    }
                }

                foreach (DescriptorChain chain in inHand)
                {
                    queue.Put(chain);
                }

                inHand.Clear();
                queue.TakeInterruptRequest();
            }
        });
    }

    // What the device has read is not looked at again.
    [Fact]
    public void DescriptorsChangedAfterwards_HaveNoEffect()
    {
        Virtqueue queue = Split(0);
        Descriptor(Ring, Buffer, 4, Write, 0);
        Offer(0);
        var chain = new DescriptorChain(_memory.Memory, Size);
        Assert.Equal(TakeResult.Taken, queue.TryTake(chain));
        Descriptor(Ring, ulong.MaxValue - 3, 0xFFFF_FFFF, 0, 0);
        Assert.False(chain.TryWrite(new byte[5]));
        Assert.True(chain.TryWrite([1, 2, 3, 4]));
        Assert.Equal([1, 2, 3, 4, 0], _memory.Read(Buffer, 5));
    }

    private static int Entry(int flags, int next) => flags | (next << 16);

    private Virtqueue Split(ulong features)
    {
        _memory.Write(Ring, new byte[0x1000]);
        return RingDriver.Create(false, _memory, Ring, Table, Size, features).CreateQueue(features);
    }

    private Virtqueue Packed(ulong features)
    {
        _memory.Write(Ring, new byte[0x1000]);
        return RingDriver.Create(true, _memory, Ring, Table, Size, features).CreateQueue(features);
    }

    private void Offer(ushort head)
    {
        ulong available = Ring + (16 * Size);
        _memory.Write(available + 4, (byte)head, (byte)(head >> 8));
        _memory.Write(available + 2, 1, 0);
    }

    private void Descriptor(ulong at, ulong address, uint length, ushort third, ushort fourth)
    {
        _memory.Write64(at, address);
        _memory.Write64(at + 8, length | ((ulong)third << 32) | ((ulong)fourth << 48));
    }
}
