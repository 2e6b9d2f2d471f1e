using System;
using System.Buffers.Binary;
using CsCheck;
using HyperCore.Core.Boot;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Platform;
using HyperCore.Core.Processor;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Boot;

public sealed unsafe class LinuxLoaderTests
{
    private const ulong Zero = 0x7000;
    private const int FourMegabytes = 4 << 20;

    [Fact]
    public void BzImage_IsLoadedAtItsPreferredAddress_WithHeaderInTheZeroPage()
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] kernel = SampleKernels.BzImage();
        byte[] initrd = Sequence(10_000);
        BootState state = Load(guest, kernel, initrd, "console=ttyS0 motd=grüß");

        Assert.True(guest.Ram.Slice(0x20_0000, 0x4000).SequenceEqual(kernel.AsSpan(2048)));
        Assert.Equal(0x20_0200ul, state.Rip);
        Assert.Equal(Zero, state.Rsi);

        // Header as in the file, but for what the loader fills in.
        Assert.Equal(0x53726448u, guest.U32(Zero + 0x202));
        Assert.Equal(0x020F, guest.U16(Zero + 0x206));
        Assert.Equal(0xFF, guest.Ram[0x7210]);
        Assert.Equal(1, guest.Ram[0x7211]);
        Assert.Equal(0ul, guest.U64(Zero + 0x250));
        Assert.Equal(0x20_0000u, guest.U32(Zero + 0x230));
        Assert.Equal(0, guest.Ram[0x71EF]);

        uint initrdAddress = guest.U32(Zero + 0x218);
        Assert.Equal(10_000u, guest.U32(Zero + 0x21C));
        Assert.Equal((uint)(FourMegabytes - 10_000) & ~0xFFFu, initrdAddress);
        Assert.True(guest.Ram.Slice((int)initrdAddress, 10_000).SequenceEqual(initrd));

        Assert.Equal(0x2_0000u, guest.U32(Zero + 0x228));
        Assert.Equal("console=ttyS0 motd=grüß", guest.Text(0x2_0000));
        Assert.Equal(PlatformLayout.FirmwareBase, guest.U64(Zero + 0x70));
        Assert.True(guest.IsIntact());
    }

    [Fact]
    public void BzImage_PreferredAddressIsAlignedUp_WhenRelocatable()
    {
        var guest = new GuardedMemory(FourMegabytes);
        BootState state = Load(guest, SampleKernels.BzImage(prefAddress: 0x10_0000), [], "");
        Assert.Equal(0x20_0200ul, state.Rip);
        Assert.Equal(0u, guest.U32(Zero + 0x218));
        Assert.Equal(0u, guest.U32(Zero + 0x21C));
    }

    [Fact]
    public void BzImage_NotRelocatable_StaysAtItsAddress()
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] kernel = SampleKernels.BzImage(prefAddress: 0x11_0000);
        kernel[0x234] = 0;
        Assert.Equal(0x11_0200ul, Load(guest, kernel, [], "").Rip);
    }

    [Fact]
    public void Elf_SegmentsAndEntry_AreAtPhysicalAddresses()
    {
        foreach (ulong entry in new[] { 0x20_0010ul, 0xFFFF_FFFF_8120_0010ul })
        {
            var guest = new GuardedMemory(FourMegabytes);
            byte[] kernel = SampleKernels.Elf64(entry);
            BootState state = Load(guest, kernel, [1, 2, 3], "quiet");

            Assert.Equal(0x20_0010ul, state.Rip);
            Assert.True(guest.Ram.Slice(0x20_0000, 0x1800).SequenceEqual(kernel.AsSpan(0x1000, 0x1800)));
            Assert.False(guest.Ram.Slice(0x20_1800, 0x1800).ContainsAnyExcept((byte)0));
            Assert.Equal(GuardedMemory.Pattern, guest.Ram[0x20_3000]);
            Assert.True(guest.Ram.Slice(0x20_4000, 0x800).SequenceEqual(kernel.AsSpan(0x2800, 0x800)));
            Assert.Equal(0xAA55, guest.U16(Zero + 0x1FE));
            Assert.Equal(0x53726448u, guest.U32(Zero + 0x202));
            Assert.Equal(0x020F, guest.U16(Zero + 0x206));
            Assert.Equal(0xFF, guest.Ram[0x7210]);
            Assert.Equal(2047u, guest.U32(Zero + 0x238));
            Assert.Equal(3u, guest.U32(Zero + 0x21C));
            Assert.True(guest.IsIntact());
        }
    }

    [Fact]
    public void EntryState_IsTheOneOfThe64BitProtocol()
    {
        var guest = new GuardedMemory(FourMegabytes);
        var cpu = new FakeVirtualProcessor();
        cpu.Registers->Rdx = 5;
        Load(guest, SampleKernels.BzImage(), [], "").Apply(cpu);

        Assert.Equal(0x8000_0011ul, cpu.Cr0);
        Assert.Equal(0x20ul, cpu.Cr4);
        Assert.Equal(0x500ul, cpu.Efer);
        Assert.Equal(0x9000ul, cpu.Cr3);
        Assert.Equal(2ul, cpu.Rflags);
        Assert.Equal(0x20_0200ul, cpu.Rip);
        Assert.Equal(Zero, cpu.Registers->Rsi);
        Assert.Equal(0ul, cpu.Registers->Rdx);

        Segment code = cpu.GetSegment(SegmentRegister.Cs);
        Assert.Equal(0x10, code.Selector);
        Assert.True(code.IsCode && code.Long && code.Present && !code.Big);
        foreach (SegmentRegister register in new[] { SegmentRegister.Ds, SegmentRegister.Es, SegmentRegister.Ss })
        {
            Segment data = cpu.GetSegment(register);
            Assert.Equal(0x18, data.Selector);
            Assert.True(data.Present && !data.IsCode && data.Big);
        }

        Segment gdtr = cpu.GetSegment(SegmentRegister.Gdtr);
        Assert.Equal(31u, gdtr.Limit);
        Assert.Equal(0x00AF_9B00_0000_FFFFul, guest.U64(gdtr.Base + 0x10));
        Assert.Equal(0x00CF_9300_0000_FFFFul, guest.U64(gdtr.Base + 0x18));
    }

    [Fact]
    public void PageTables_MapFourGigabytesOneToOne()
    {
        var guest = new GuardedMemory(FourMegabytes);
        BootState state = Load(guest, SampleKernels.BzImage(), [], "");
        foreach (ulong address in new ulong[] { 0, 0x7000, 0x20_0200, 0x1234_5678, 0xD000_0000, 0xFFFF_FFFF })
        {
            ulong entry = guest.U64(state.Cr3 + ((address >> 39) * 8));
            Assert.Equal(3ul, entry & 3);
            entry = guest.U64((entry & ~0xFFFul) + (((address >> 30) & 511) * 8));
            Assert.Equal(3ul, entry & 0x83);
            entry = guest.U64((entry & ~0xFFFul) + (((address >> 21) & 511) * 8));
            Assert.Equal(0x83ul, entry & 0x83);
            Assert.Equal(address & ~0x1F_FFFFul, entry & ~0x1F_FFFFul);
        }

        Assert.Equal(0ul, guest.U64(state.Cr3 + 8));
        Assert.Equal(0ul, guest.U64(0xA000 + (4 * 8)));
    }

    [Fact]
    public void MemoryMap_IsInTheZeroPage()
    {
        var guest = new GuardedMemory(FourMegabytes);
        Load(guest, SampleKernels.BzImage(), [], "");
        (ulong, ulong, uint)[] expected =
        [
            (0, 0x9_FC00, 1), (0x9_FC00, 0x400, 2), (0xE_0000, 0x2_0000, 2), (0x10_0000, FourMegabytes - 0x10_0000, 1), (0xE000_0000, 0x10_0000, 2),
        ];
        Assert.Equal(expected.Length, guest.Ram[0x71E8]);
        for (int i = 0; i < expected.Length; i++)
        {
            ulong at = Zero + 0x2D0 + (20ul * (ulong)i);
            Assert.Equal(expected[i], (guest.U64(at), guest.U64(at + 8), guest.U32(at + 16)));
        }
    }

    [Fact]
    public void Framebuffer_BecomesAnEfiScreen()
    {
        var guest = new GuardedMemory(FourMegabytes);
        Load(guest, SampleKernels.BzImage(), [], "", FramebufferDescription.Bgrx32(0xD000_0000, 1280, 800, 5120));
        Assert.Equal(0x70, guest.Ram[0x700F]);
        Assert.Equal(1280, guest.U16(Zero + 0x12));
        Assert.Equal(800, guest.U16(Zero + 0x14));
        Assert.Equal(32, guest.U16(Zero + 0x16));
        Assert.Equal(0xD000_0000u, guest.U32(Zero + 0x18));
        Assert.Equal(5120u * 800, guest.U32(Zero + 0x1C));
        Assert.Equal(5120, guest.U16(Zero + 0x24));
        Assert.Equal([8, 16, 8, 8, 8, 0, 8, 24], guest.Ram.Slice(0x7026, 8).ToArray());
        Assert.Equal(0u, guest.U32(Zero + 0x36));
        Assert.Equal(0u, guest.U32(Zero + 0x3A));
    }

    [Fact]
    public void Framebuffer_Above4G_SetsTheUpperHalf()
    {
        var guest = new GuardedMemory(FourMegabytes);
        Load(guest, SampleKernels.BzImage(), [], "", FramebufferDescription.Bgrx32(0x8_D000_0000, 1280, 800, 5120));
        Assert.Equal(0xD000_0000u, guest.U32(Zero + 0x18));
        Assert.Equal(2u, guest.U32(Zero + 0x36));
        Assert.Equal(8u, guest.U32(Zero + 0x3A));
    }

    [Fact]
    public void Framebuffer_Absent_LeavesScreenInfoClear()
    {
        var guest = new GuardedMemory(FourMegabytes);
        Load(guest, SampleKernels.BzImage(), [], "");
        Assert.False(guest.Ram.Slice(0x7000, 0x40).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void InitrdThatDoesNotFit_IsRefused()
    {
        var guest = new GuardedMemory(FourMegabytes);
        Assert.Equal("vm demo: initrd of 2M does not fit into memory = 4M; raise memory or use a smaller initrd", Refusal(guest, SampleKernels.BzImage(), new byte[2 << 20], ""));
        Assert.Equal("vm demo: initrd of 5M does not fit into memory = 4M; raise memory or use a smaller initrd", Refusal(guest, SampleKernels.BzImage(), new byte[5 << 20], ""));
    }

    [Fact]
    public void InitrdAddressMax_IsHonoured()
    {
        var guest = new GuardedMemory(FourMegabytes);
        byte[] kernel = SampleKernels.BzImage();
        BinaryPrimitives.WriteUInt32LittleEndian(kernel.AsSpan(0x22C), 0x2F_FFFF);
        Load(guest, kernel, new byte[0x1000], "");
        Assert.Equal(0x2F_F000u, guest.U32(Zero + 0x218));
    }

    [Theory]
    [InlineData(0x258, 8, 0x100_0000, "vm demo: kernel is damaged: its kernel_alignment or pref_address makes no sense")]
    [InlineData(0x260, 4, 0x300_0000, "vm demo: kernel needs 48M of RAM at address 2M, which does not fit into memory = 4M; raise memory")]
    [InlineData(0x206, 2, 0x020B, "vm demo: kernel is too old: it has boot protocol 2.11, expected 2.12 or later")]
    [InlineData(0x236, 2, 0, "vm demo: kernel has no 64-bit entry point; expected a 64-bit kernel")]
    [InlineData(0x211, 1, 0, "vm demo: kernel is a zImage, which is loaded below 1M; expected a bzImage")]
    [InlineData(0x1F4, 4, 0x10_0000, "vm demo: kernel is damaged: the file is shorter than its header says")]
    [InlineData(0x1F1, 1, 200, "vm demo: kernel is damaged: the file is shorter than its header says")]
    [InlineData(0x230, 4, 3, "vm demo: kernel is damaged: its kernel_alignment or pref_address makes no sense")]
    [InlineData(0x202, 4, 0, "vm demo: kernel is not a Linux kernel; expected a bzImage or an ELF vmlinux")]
    [InlineData(0x238, 4, 3, "vm demo: cmdline has 5 bytes, but this kernel takes at most 3")]
    public void BzImage_Unfit_IsRefusedWithReason(int offset, int size, ulong value, string expected)
    {
        byte[] kernel = SampleKernels.BzImage();
        BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(kernel.AsSpan(offset));
        var guest = new GuardedMemory(FourMegabytes);
        Assert.Equal(expected, Refusal(guest, kernel, [], "quiet"));
        Assert.True(guest.IsIntact());
    }

    [Theory]
    [InlineData(18, 2, 3, "vm demo: kernel is for another processor; expected one for x86-64")]
    [InlineData(32, 8, 0x7FFF_FFFF_FFFF_FFFF, "vm demo: kernel is damaged: its ELF header makes no sense")]
    [InlineData(56, 2, 0xFFFF, "vm demo: kernel is damaged: its ELF header makes no sense")]
    [InlineData(56, 2, 0, "vm demo: kernel is damaged: it is an ELF file without anything to load")]
    [InlineData(24, 8, 0x1000_0000, "vm demo: kernel is damaged: its ELF entry point is in no segment")]
    [InlineData(64 + 8, 8, 0xFFFF_FFFF_FFFF_F000, "vm demo: kernel is damaged: an ELF segment reaches beyond the file")]
    [InlineData(64 + 32, 8, 0x2800, "vm demo: kernel is damaged: an ELF segment reaches beyond the file")]
    [InlineData(64 + 24, 8, 0x1000, "vm demo: kernel wants to be loaded below 1M, which is not possible")]
    [InlineData(64 + 24, 8, 0xFFFF_FFFF_FFFF_F000, "vm demo: kernel needs 12K of RAM at address 17592186044415M, which does not fit into memory = 4M; raise memory")]
    [InlineData(64 + 40, 8, 0x1000_0000, "vm demo: kernel needs 256M of RAM at address 2M, which does not fit into memory = 4M; raise memory")]
    public void Elf_Unfit_IsRefusedWithReason(int offset, int size, ulong value, string expected)
    {
        byte[] kernel = SampleKernels.Elf64();
        BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(kernel.AsSpan(offset));
        var guest = new GuardedMemory(FourMegabytes);
        Assert.Equal(expected, Refusal(guest, kernel, [], "quiet"));
        Assert.True(guest.IsIntact());
    }

    [Fact]
    public void TooLittleMemory_IsRefused()
    {
        var guest = new GuardedMemory(0x10_0000);
        Assert.Equal("vm demo: there is too little memory for any kernel; raise memory", Refusal(guest, SampleKernels.BzImage(), [], ""));
    }

    [Fact]
    public void AnyMutation_NeverThrowsAndNeverWritesElsewhere()
    {
        byte[][] originals = [SampleKernels.BzImage(), SampleKernels.Elf64()];
        var guest = new GuardedMemory(FourMegabytes);
        Gen<(int, (int, ulong, int)[], int)> mutations = Gen.Select(
            Gen.Int[0, 1],
            Gen.Select(Gen.Int[0, 0x27F], Gen.OneOf(Gen.ULong, Gen.ULong[0, 0x40_0000], Gen.Const(ulong.MaxValue), Gen.Const(0ul)), Gen.Int[1, 8]).Array[1, 4],
            Gen.OneOf(Gen.Int[0, 0x4800], Gen.Const(int.MaxValue)));
        mutations.Sample(
            (which, changes, length) =>
            {
                byte[] kernel = (byte[])originals[which].Clone();
                foreach ((int offset, ulong value, int size) in changes)
                {
                    BitConverter.GetBytes(value).AsSpan(0, size).CopyTo(kernel.AsSpan(offset));
                }

                kernel = kernel.AsSpan(0, Math.Min(length, kernel.Length)).ToArray();
                if (!TryLoad(guest, kernel, new byte[100], "x", default, new BootState(), out string error))
                {
                    Assert.StartsWith("vm demo: ", error);
                }

                Assert.True(guest.IsIntact());
            },
            iter: 2_000,
            threads: 1);
    }

    private static byte[] Sequence(int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(i * 7);
        }

        return bytes;
    }

    private static BootState Load(GuardedMemory guest, byte[] kernel, byte[] initrd, string commandLine, FramebufferDescription screen = default)
    {
        var state = new BootState();
        Assert.True(TryLoad(guest, kernel, initrd, commandLine, screen, state, out string error), error);
        return state;
    }

    private static string Refusal(GuardedMemory guest, byte[] kernel, byte[] initrd, string commandLine)
    {
        Assert.False(TryLoad(guest, kernel, initrd, commandLine, default, new BootState(), out string error));
        return error;
    }

    private static bool TryLoad(GuardedMemory guest, byte[] kernel, byte[] initrd, string commandLine, FramebufferDescription screen, BootState state, out string error)
    {
        var boot = new LinuxBoot { VirtualMachine = "demo", Kernel = kernel, Initrd = initrd, CommandLine = commandLine, Framebuffer = screen };
        var text = new TextBuilder(new char[256]);
        bool loaded = LinuxLoader.TryLoad(guest.Memory, boot, state, ref text);
        error = text.Text.ToString();
        return loaded;
    }
}
