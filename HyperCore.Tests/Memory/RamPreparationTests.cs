using System;
using CsCheck;
using HyperCore.Core.Memory;
using HyperCore.Tests.Core.Machine;
using Xunit;

namespace HyperCore.Tests.Memory;

/// <summary>RAM that is zeroed when it is wanted: whatever is read is what was written since the start, and what is never asked for is never touched.</summary>
public sealed unsafe class RamPreparationTests
{
    private const ulong MiB = 1ul << 20;
    private const ulong Page = 4096;
    private const byte Garbage = 0xA5;

    private static readonly Gen<(ulong Offset, ulong Length)[]> s_accesses =
        Gen.Select(Gen.ULong[0, (24 * MiB) - 1], Gen.ULong[1, 3 * MiB]).Array[0, 6];

    [Fact]
    public void RandomAccesses_ReadZerosOrWhatWasWritten_AndTouchNothingElse()
    {
        using var host = new HostRam(64 * MiB);
        Gen.Select(Gen.ULong[1, 2000], Gen.ULong[0, 700], s_accesses).Sample(
            (firstPages, gapPages, accesses) =>
            {
                new Span<byte>((void*)host.Start, (int)(64 * MiB)).Fill(Garbage);
                GuestMemory memory = TwoSlots(host, firstPages * Page, gapPages * Page);
                byte[] expected = new byte[(int)(26 * MiB)];
                foreach ((ulong offset, ulong length) in accesses)
                {
                    byte[] read = new byte[length];
                    if (memory.TryRead(offset, read))
                    {
                        Assert.True(expected.AsSpan((int)offset, read.Length).SequenceEqual(read));
                        read.AsSpan().Fill(0x77);
                        Assert.True(memory.TryWrite(offset, read));
                        read.CopyTo(expected, (int)offset);
                    }
                }

                OnlyReadyChunksWereTouched(memory);
                memory.Preparation!.Erase(memory, null);
                Assert.Equal(-1, new Span<byte>((void*)host.Start, (int)(64 * MiB)).IndexOf((byte)0x77));
            },
            iter: 40, threads: 1);
    }

    [Fact]
    public void Begin_MuchMemory_ZeroesNothingThatCanWait()
    {
        using var host = new HostRam(64 * MiB);
        new Span<byte>((void*)host.Start, (int)(64 * MiB)).Fill(Garbage);
        var memory = new GuestMemory { Preparation = new RamPreparation(32 * MiB) };
        Assert.True(memory.Add(new MemorySlot(0, 32 * MiB, (byte*)host.Start, host.Start)));

        memory.Renew();

        Assert.Equal(-1, new Span<byte>((void*)host.Start, (int)(64 * MiB)).IndexOfAnyExcept(Garbage));
        Assert.Equal(0, *memory.Translate(5 * MiB, 1));
        Assert.Equal((1, 0), (memory.Preparation.TakeCount(), memory.Preparation.TakeCount()));
        Assert.Equal(2 * (int)MiB, new Span<byte>((void*)host.Start, (int)(64 * MiB)).Count((byte)0));
    }

    [Fact]
    public void Translate_AskedForByManyAtOnce_ZeroesEachChunkOnce()
    {
        using var host = new HostRam(64 * MiB);
        new Span<byte>((void*)host.Start, (int)(64 * MiB)).Fill(Garbage);
        var memory = new GuestMemory { Preparation = new RamPreparation(64 * MiB) };
        Assert.True(memory.Add(new MemorySlot(0, 64 * MiB, (byte*)host.Start, host.Start)));
        memory.Renew();

        // Whoever comes first marks its place in each chunk; a chunk that is zeroed a second time loses the mark.
        System.Threading.Tasks.Parallel.For(0, 4, worker =>
        {
            for (ulong chunk = 0; chunk < 32; chunk++)
            {
                *memory.Translate((chunk * 2 * MiB) + (ulong)worker, 1) = 0x77;
            }
        });

        for (ulong chunk = 0; chunk < 32; chunk++)
        {
            Assert.Equal(0x77777777u, *(uint*)memory.Translate(chunk * 2 * MiB, 4));
        }
    }

    private static GuestMemory TwoSlots(HostRam host, ulong firstLength, ulong gap)
    {
        var memory = new GuestMemory { Preparation = new RamPreparation(26 * MiB) };
        Assert.True(memory.Add(new MemorySlot(0, firstLength, (byte*)host.Start, host.Start)));
        ulong second = firstLength + gap;

        // The second lies at another place of its 2 MiB for the host than for the guest whenever the gap is no multiple of them.
        ulong place = host.Start + (32 * MiB);
        Assert.True(memory.Add(new MemorySlot(second, (26 * MiB) - second, (byte*)place, place)));
        memory.Renew();
        return memory;
    }

    private static void OnlyReadyChunksWereTouched(GuestMemory memory)
    {
        ulong covered = 0;
        int number = 0;
        foreach (RamChunk chunk in new RamChunks(memory))
        {
            bool isTouched = new Span<byte>(chunk.Host, (int)chunk.Length).IndexOfAnyExcept(Garbage) >= 0;
            Assert.Equal(memory.Preparation!.IsReady(chunk), isTouched);
            Assert.True(isTouched || chunk.IsLargePage);
            Assert.True(memory.Translate(chunk.GuestPhysical, 0, out ulong hostPhysical) == chunk.Host && hostPhysical == chunk.HostPhysical);
            Assert.Equal(number++, chunk.Number);
            covered += chunk.Length;
        }

        Assert.Equal(memory.TotalBytes, covered);
    }
}
