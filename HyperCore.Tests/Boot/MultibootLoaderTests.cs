using System;
using System.Runtime.InteropServices;
using CsCheck;
using HyperCore.Core.Boot;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Platform;
using HyperCore.Core.Processor;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Boot;

public sealed unsafe class MultibootLoaderTests
{
    private const int FourMegabytes = 4 << 20;
    private const int HeaderOffset = 0x400;

    [Fact]
    public void Elf32_IsLoadedAndEnteredInProtectedMode()
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] kernel = SampleKernels.WithMultiboot(SampleKernels.Elf32(), HeaderOffset, 3);
        BootState state = Load(guest, kernel, "a=b ü");
        Assert.True(guest.Ram.Slice(0x10_0000, 0x1000).SequenceEqual(kernel.AsSpan(0x1000)));
        Assert.False(guest.Ram.Slice(0x10_1000, 0x800).ContainsAnyExcept((byte)0));

        var cpu = new FakeVirtualProcessor();
        state.Apply(cpu);
        Assert.Equal(0x11ul, cpu.Cr0);
        Assert.Equal(0ul, cpu.Cr4);
        Assert.Equal(0ul, cpu.Efer);
        Assert.Equal(2ul, cpu.Rflags);
        Assert.Equal(0x10_0020ul, cpu.Rip);
        Assert.Equal(0x2BAD_B002ul, cpu.Registers->Rax);
        Assert.Equal(state.Rbx, cpu.Registers->Rbx);
        Segment code = cpu.GetSegment(SegmentRegister.Cs);
        Assert.True(code.IsCode && code.Big && !code.Long && code.Base == 0 && code.Limit == 0xFFFF_FFFF);
        Segment data = cpu.GetSegment(SegmentRegister.Ss);
        Assert.True(data.Big && !data.IsCode && data.Base == 0 && data.Limit == 0xFFFF_FFFF);
        Assert.Equal(0x00CF_9B00_0000_FFFFul, guest.U64(cpu.GetSegment(SegmentRegister.Gdtr).Base + code.Selector));

        ulong information = state.Rbx;
        Assert.Equal(0x245u, guest.U32(information));
        Assert.Equal(639u, guest.U32(information + 4));
        Assert.Equal(3u * 1024, guest.U32(information + 8));
        Assert.Equal("a=b ü", guest.Text(guest.U32(information + 16)));
        Assert.Equal("HyperCore", guest.Text(guest.U32(information + 64)));
        Assert.True(guest.IsIntact());
    }

    [Fact]
    public void MemoryMap_ListsWhatTheGuestHas()
    {
        var guest = new GuardedMemory(FourMegabytes);
        BootState state = Load(guest, SampleKernels.WithMultiboot(SampleKernels.Elf32(), HeaderOffset, 3), "");
        uint length = guest.U32(state.Rbx + 44);
        ulong at = guest.U32(state.Rbx + 48);
        Assert.Equal(5u * 24, length);
        Assert.Equal((20u, 0ul, 0x9_FC00ul, 1u), (guest.U32(at), guest.U64(at + 4), guest.U64(at + 12), guest.U32(at + 20)));
        at += 3 * 24;
        Assert.Equal((20u, 0x10_0000ul, 0x30_0000ul, 1u), (guest.U32(at), guest.U64(at + 4), guest.U64(at + 12), guest.U32(at + 20)));
    }

    [Theory]
    [InlineData(0x20_0010ul)]
    [InlineData(0xFFFF_FFFF_8120_0010ul)]
    public void Elf64_IsEnteredAtThePhysicalAddress(ulong entry)
    {
        var guest = new GuardedMemory(FourMegabytes);
        BootState state = Load(guest, SampleKernels.WithMultiboot(SampleKernels.Elf64(entry), HeaderOffset, 0), "");
        Assert.Equal(0x20_0010ul, state.Rip);
        Assert.False(state.IsLongMode);
    }

    [Fact]
    public void AddressFields_AreUsedInsteadOfTheExecutableHeader()
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] kernel = new byte[0x1000];
        kernel.AsSpan(0x100).Fill(0x77);
        SampleKernels.WithMultiboot(kernel, 0x200, 1 << 16, 0x12_0100, 0x12_0000, 0x12_0800, 0x12_2000, 0x12_0180);
        BootState state = Load(guest, kernel, "");

        // The header's own address is 100h behind the load address, so the piece starts 100h before the header in the file.
        Assert.True(guest.Ram.Slice(0x12_0000, 0x800).SequenceEqual(kernel.AsSpan(0x100, 0x800)));
        Assert.False(guest.Ram.Slice(0x12_0800, 0x1800).ContainsAnyExcept((byte)0));
        Assert.Equal(GuardedMemory.Pattern, guest.Ram[0x12_2000]);
        Assert.Equal(0x12_0180ul, state.Rip);
    }

    [Fact]
    public void AddressFields_ZeroEnds_MeanTheWholeFile()
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] kernel = SampleKernels.WithMultiboot(new byte[0x1234], 0, 1 << 16, 0x10_0000, 0x10_0000, 0, 0, 0x10_1233);
        Load(guest, kernel, "");
        Assert.True(guest.Ram.Slice(0x10_0000, 0x1234).SequenceEqual(kernel));
        Assert.Equal(GuardedMemory.Pattern, guest.Ram[0x10_1234]);
    }

    [Fact]
    public void Modules_FollowTheKernelOnPagesOfTheirOwn()
    {
        var guest = new GuardedMemory(FourMegabytes);
        BootState state = Load(guest, SampleKernels.WithMultiboot(SampleKernels.Elf32(), HeaderOffset, 3), "", default, ("\\m1 one", 0x1801), ("\\m2", 0), ("\\m3 x", 5));
        Assert.Equal(0x24Du, guest.U32(state.Rbx));
        Assert.Equal(3u, guest.U32(state.Rbx + 20));
        ulong table = guest.U32(state.Rbx + 24);
        (uint, uint, string)[] expected = [(0x10_2000, 0x10_3801, "\\m1 one"), (0x10_4000, 0x10_4000, "\\m2"), (0x10_4000, 0x10_4005, "\\m3 x")];
        for (int i = 0; i < expected.Length; i++)
        {
            ulong at = table + (16ul * (ulong)i);
            Assert.Equal(expected[i], (guest.U32(at), guest.U32(at + 4), guest.Text(guest.U32(at + 8))));
        }

        Assert.Equal([1, 2, 3, 4, 5], guest.Ram.Slice(0x10_4000, 5).ToArray());
        Assert.True(guest.IsIntact());
    }

    [Fact]
    public void Framebuffer_IsDescribed()
    {
        var guest = new GuardedMemory(FourMegabytes);
        var screen = FramebufferDescription.Bgrx32(0xD000_0000, 1024, 768, 4096);
        BootState state = Load(guest, SampleKernels.WithMultiboot(SampleKernels.Elf32(), HeaderOffset, 7), "", screen);
        Assert.Equal(0x1245u, guest.U32(state.Rbx));
        Assert.Equal(0xD000_0000ul, guest.U64(state.Rbx + 88));
        Assert.Equal(4096u, guest.U32(state.Rbx + 96));
        Assert.Equal(1024u, guest.U32(state.Rbx + 100));
        Assert.Equal(768u, guest.U32(state.Rbx + 104));
        Assert.Equal([32, 1, 16, 8, 8, 8, 0, 8], guest.Ram.Slice((int)state.Rbx + 108, 8).ToArray());
    }

    [Theory]
    [InlineData(4u, "vm demo: kernel requires a framebuffer, and this VM has none; use display = mediated on a machine with a screen")]
    [InlineData(0x8008u, "vm demo: kernel requires something that Multiboot 0.6.96 does not know (flags 8008h)")]
    public void RequirementThatCannotBeMet_IsRefused(uint flags, string expected)
    {
        Assert.Equal(expected, Refusal(new GuardedMemory(FourMegabytes), SampleKernels.WithMultiboot(SampleKernels.Elf32(), HeaderOffset, flags)));
    }

    [Theory]
    [InlineData(0x12_0100u, 0x12_0200u, 0u, 0u, 0x12_0180u, "the addresses in its Multiboot header make no sense")]
    [InlineData(0x12_0400u, 0x12_0000u, 0u, 0u, 0x12_0180u, "the addresses in its Multiboot header make no sense")]
    [InlineData(0x12_0100u, 0x12_0000u, 0x12_1000u, 0u, 0x12_0180u, "the addresses in its Multiboot header make no sense")]
    [InlineData(0x12_0100u, 0x12_0000u, 0x11_0000u, 0u, 0x12_0180u, "the addresses in its Multiboot header make no sense")]
    [InlineData(0x12_0100u, 0x12_0000u, 0x12_0800u, 0x12_0700u, 0x12_0180u, "the addresses in its Multiboot header make no sense")]
    [InlineData(0x12_0100u, 0x12_0000u, 0x12_0800u, 0x12_0900u, 0x12_0900u, "the addresses in its Multiboot header make no sense")]
    [InlineData(0x12_0100u, 0x12_0000u, 0x12_0800u, 0xFFFF_FFFFu, 0x12_0180u, "does not fit into memory = 4M")]
    [InlineData(0x2_0100u, 0x2_0000u, 0u, 0u, 0x2_0180u, "wants to be loaded below 1M")]
    public void AddressFields_WithoutSense_AreRefused(uint header, uint load, uint loadEnd, uint bssEnd, uint entry, string expected)
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] kernel = SampleKernels.WithMultiboot(new byte[0x1000], 0x200, 1 << 16, header, load, loadEnd, bssEnd, entry);
        Assert.Contains(expected, Refusal(guest, kernel));
        Assert.True(guest.IsIntact());
    }

    [Fact]
    public void HeaderOnlyInTheFirst8192Bytes_AndWithRightChecksum()
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] file = SampleKernels.Elf32();
        Array.Resize(ref file, 0x4000);
        const string Expected = "vm demo: kernel is not a Multiboot kernel; expected a Multiboot header in its first 8192 bytes";
        Assert.Equal(Expected, Refusal(guest, SampleKernels.WithMultiboot((byte[])file.Clone(), 8192, 0)));
        Assert.Equal(Expected, Refusal(guest, SampleKernels.WithMultiboot((byte[])file.Clone(), 0x402, 0)));
        Assert.Equal(Expected, Refusal(guest, []));
        byte[] wrong = SampleKernels.WithMultiboot((byte[])file.Clone(), 0x400, 0);
        wrong[0x408]++;
        Assert.Equal(Expected, Refusal(guest, wrong));
        Load(guest, SampleKernels.WithMultiboot((byte[])file.Clone(), 8192 - 12, 0), "");
    }

    [Fact]
    public void ModuleThatDoesNotFit_IsRefused()
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] kernel = SampleKernels.WithMultiboot(SampleKernels.Elf32(), HeaderOffset, 3);
        Assert.False(TryLoad(guest, kernel, "", default, [("\\m", 3 << 20)], new BootState(), out string error));
        Assert.Equal("vm demo: module of 3M does not fit into memory = 4M; raise memory or use a smaller module", error);
        Assert.True(guest.IsIntact());
    }

    [Fact]
    public void AnyMutation_NeverThrowsAndNeverWritesElsewhere()
    {
        byte[][] originals =
        [
            SampleKernels.WithMultiboot(SampleKernels.Elf32(), HeaderOffset, 3),
            SampleKernels.WithMultiboot(SampleKernels.Elf64(), HeaderOffset, 0),
            SampleKernels.WithMultiboot(new byte[0x1000], 0x20, 1 << 16, 0x12_0020, 0x12_0000, 0x12_0800, 0x12_2000, 0x12_0180),
        ];
        var guest = new GuardedMemory(FourMegabytes);
        Gen<uint> value = Gen.OneOf(Gen.UInt, Gen.UInt[0x10_0000, 0x13_0000], Gen.Const(uint.MaxValue), Gen.Const(0u));
        Gen<(int, (int, uint)[], int)> mutations = Gen.Select(
            Gen.Int[0, 2],
            Gen.Select(Gen.Int[0, 60].Select(i => i * 4), value).Array[1, 3],
            Gen.OneOf(Gen.Int[0, 0x1200], Gen.Const(int.MaxValue)));
        mutations.Sample(
            (which, changes, length) =>
            {
                byte[] kernel = (byte[])originals[which].Clone();
                foreach ((int offset, uint bytes) in changes)
                {
                    BitConverter.GetBytes(bytes).CopyTo(kernel.AsSpan(offset));
                }

                kernel = kernel.AsSpan(0, Math.Min(length, kernel.Length)).ToArray();
                if (!TryLoad(guest, kernel, "x", default, [("\\m", 100)], new BootState(), out string error))
                {
                    Assert.StartsWith("vm demo: ", error);
                }

                Assert.True(guest.IsIntact());
            },
            iter: 2_000,
            threads: 1);
    }

    private static BootState Load(GuardedMemory guest, byte[] kernel, string commandLine, FramebufferDescription screen = default, params (string Text, int Length)[] modules)
    {
        var state = new BootState();
        Assert.True(TryLoad(guest, kernel, commandLine, screen, modules, state, out string error), error);
        return state;
    }

    private static string Refusal(GuardedMemory guest, byte[] kernel)
    {
        Assert.False(TryLoad(guest, kernel, "", default, [], new BootState(), out string error));
        return error;
    }

    private static bool TryLoad(GuardedMemory guest, byte[] kernel, string commandLine, FramebufferDescription screen, (string Text, int Length)[] modules, BootState state, out string error)
    {
        var files = new BootModule[modules.Length];
        var keep = new byte[modules.Length][];
        for (int i = 0; i < modules.Length; i++)
        {
            keep[i] = GC.AllocateArray<byte>(modules[i].Length, pinned: true);
            for (int j = 0; j < keep[i].Length; j++)
            {
                keep[i][j] = (byte)(j + 1);
            }

            fixed (byte* data = &MemoryMarshal.GetArrayDataReference(keep[i]))
            {
                files[i] = new BootModule(data, keep[i].Length, modules[i].Text);
            }
        }

        var boot = new MultibootBoot { VirtualMachine = "demo", Kernel = kernel, CommandLine = commandLine, Modules = files, Framebuffer = screen };
        var text = new TextBuilder(new char[256]);
        bool loaded = MultibootLoader.TryLoad(guest.Memory, boot, state, ref text);
        error = text.Text.ToString();
        GC.KeepAlive(keep);
        return loaded;
    }
}
