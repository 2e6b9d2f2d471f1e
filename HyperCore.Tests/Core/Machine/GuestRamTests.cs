using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using HyperCore.Core.Memory;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed unsafe class GuestRamTests
{
    private const ulong MiB = 1ul << 20;
    private const ulong GiB = 1ul << 30;

    private readonly GuestMemory _memory = new() { Preparation = new RamPreparation(4 * GiB) };

    [Fact]
    public void TryAllocate_MoreThan3GiB_ContinuesAt4GiB()
    {
        using var host = new HostRam((3 * GiB) + (64 * MiB), repeats: true);
        Assert.True(host.Pool.AddRange(host.Start, (3 * GiB) + (64 * MiB)));
        var ram = new GuestRam(host.Pool, _memory);

        Assert.Equal("", Allocate(ram, (3 * GiB) + (32 * MiB), 0));

        Assert.Equal((3 * GiB, 32 * MiB), (ram.LowBytes, ram.HighBytes));
        Assert.Equal(2, _memory.SlotCount);
        Assert.Equal((0ul, 3 * GiB), (_memory[0].GuestPhysical, _memory[0].Length));
        Assert.Equal((4 * GiB, 32 * MiB), (_memory[1].GuestPhysical, _memory[1].Length));
        Assert.Equal(_memory[0].HostPhysical + (3 * GiB), _memory[1].HostPhysical);
        ram.Free();
        Assert.Equal(host.Pool.TotalBytes, host.Pool.FreeBytes);
    }

    [Fact]
    public void TryAllocate_MemoryInPieces_IsContiguousForTheGuest()
    {
        using var host = new HostRam(32 * MiB);
        host.Pool.AddRange(host.Start, 6 * MiB);
        host.Pool.AddRange(host.Start + (8 * MiB), 4 * MiB);
        host.Pool.AddRange(host.Start + (16 * MiB), 8 * MiB);
        var ram = new GuestRam(host.Pool, _memory);

        Assert.Equal("", Allocate(ram, 16 * MiB, 0));

        ulong next = 0;
        for (int i = 0; i < _memory.SlotCount; i++)
        {
            Assert.Equal(next, _memory[i].GuestPhysical);
            Assert.Equal(_memory[i].HostPhysical, (ulong)_memory[i].Host);
            next += _memory[i].Length;
        }

        Assert.Equal(16 * MiB, next);
        ram.Free();
    }

    [Fact]
    public void TryAllocate_UsedMemory_IsZeroed()
    {
        using var host = new HostRam(8 * MiB);
        host.Pool.AddRange(host.Start, 8 * MiB);
        new Span<byte>((void*)host.Start, (int)(8 * MiB)).Fill(0xA5);
        var ram = new GuestRam(host.Pool, _memory);

        Assert.Equal("", Allocate(ram, 4 * MiB, 0));

        Assert.True(_memory.TrySlice(0, (int)(4 * MiB), out Span<byte> bytes));
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));
        ram.Free();
    }

    [Fact]
    public void Free_GuestsSecrets_AreZeroedBeforeTheyAreGivenBack()
    {
        using var host = new HostRam(8 * MiB);
        host.Pool.AddRange(host.Start, 8 * MiB);
        var ram = new GuestRam(host.Pool, _memory);
        Assert.Equal("", Allocate(ram, 4 * MiB, 2 * MiB));
        Assert.True(_memory.TrySlice(0, (int)(4 * MiB), out Span<byte> bytes));
        bytes.Fill(0x5A);
        new Span<byte>(ram.Shadow, (int)(2 * MiB)).Fill(0x5A);

        ram.Free();

        Assert.Equal(-1, new ReadOnlySpan<byte>((void*)host.Start, (int)(8 * MiB)).IndexOf((byte)0x5A));
        Assert.Equal(8 * MiB, host.Pool.FreeBytes);
        ram.Free();
        Assert.Equal(8 * MiB, host.Pool.FreeBytes);
    }

    [Fact]
    public void Free_MuchUsedMemory_LetsOthersHaveATurnMeanwhile()
    {
        using var host = new HostRam(96 * MiB);
        host.Pool.AddRange(host.Start, 8 * MiB);
        host.Pool.AddRange(host.Start + (12 * MiB), 84 * MiB);
        var ram = new GuestRam(host.Pool, _memory);
        Assert.Equal("", Allocate(ram, 38 * MiB, 16 * MiB));
        Assert.True(_memory.TrySlice(0, (int)(38 * MiB), out _));
        int breaths = 0;
        ram.Breather = () => breaths++;

        ram.Free();

        // Once for each full 16 MiB of RAM, and the shadow's.
        Assert.Equal(2 + 1, breaths);
    }

    [Fact]
    public void Renew_UsedMemory_IsZeroAgain_AndPointersToItAreOutdated()
    {
        using var host = new HostRam(16 * MiB);
        host.Pool.AddRange(host.Start, 16 * MiB);
        var ram = new GuestRam(host.Pool, _memory);
        Assert.Equal("", Allocate(ram, 4 * MiB, 2 * MiB));
        Assert.True(_memory.TrySlice(0, (int)(4 * MiB), out Span<byte> bytes));
        bytes.Fill(0x5A);
        new Span<byte>(ram.Shadow, (int)(2 * MiB)).Fill(0x5A);
        int generation = _memory.Generation;

        ram.Renew();

        Assert.NotEqual(generation, _memory.Generation);
        Assert.True(_memory.TrySlice(0, (int)(4 * MiB), out bytes));
        Assert.Equal(-1, bytes.IndexOfAnyExcept((byte)0));
        Assert.Equal(-1, new ReadOnlySpan<byte>(ram.Shadow, (int)(2 * MiB)).IndexOfAnyExcept((byte)0));
        ram.Free();
    }

    [Fact]
    public void TryAllocate_MoreThanTheMachineHas_SaysWhatToDo()
    {
        using var host = new HostRam(8 * MiB);
        host.Pool.AddRange(host.Start, 8 * MiB);
        var ram = new GuestRam(host.Pool, _memory);

        Assert.Equal(
            "memory = 4G is more than the machine has free (8M); lower memory in hypercore.conf or stop another VM", Allocate(ram, 4 * GiB, 0));
        Assert.Equal(0, _memory.SlotCount);
        Assert.Equal(8 * MiB, host.Pool.FreeBytes);
    }

    [Fact]
    public void TryAllocate_NoRoomForTheShadow_GivesTheRamBack()
    {
        using var host = new HostRam(8 * MiB);
        host.Pool.AddRange(host.Start, 8 * MiB);
        var ram = new GuestRam(host.Pool, _memory);

        Assert.Contains("is more than the machine has free", Allocate(ram, 8 * MiB, 4096), StringComparison.Ordinal);
        Assert.Equal(8 * MiB, host.Pool.FreeBytes);
    }

    [Fact]
    public void TryAllocate_TooManyPieces_IsRefusedAndTakesNothing()
    {
        using var host = new HostRam(64 * MiB);
        for (ulong i = 0; i < 32; i++)
        {
            host.Pool.AddRange(host.Start + (i * 2 * MiB), MiB);
        }

        var ram = new GuestRam(host.Pool, _memory);

        Assert.NotEqual("", Allocate(ram, 32 * MiB, 0));
        Assert.Equal(32 * MiB, host.Pool.FreeBytes);
        Assert.Equal("", Allocate(ram, 14 * MiB, 0));
        ram.Free();
    }

    private string Allocate(GuestRam ram, ulong bytes, ulong shadow)
    {
        var error = new TextBuilder(new char[200]);
        bool done = ram.TryAllocate(bytes, shadow, ref error);
        Assert.Equal(done, error.Length == 0);
        return error.Text.ToString();
    }
}
