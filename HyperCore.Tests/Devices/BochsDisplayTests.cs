using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Platform;
using HyperCore.Tests.Fakes;
using Xunit;

namespace HyperCore.Tests.Devices;

public sealed class BochsDisplayTests
{
    private const ulong VideoMemory = 16 << 20;

    private readonly BochsDisplay _display;
    private readonly Device _registers;

    public BochsDisplayTests()
    {
        _display = new BochsDisplay(VideoMemory, FramebufferDescription.Bgrx32(0, 1280, 800, 1280 * 4));
        _registers = _display.GetBar(2)!.Device;
    }

    // What drivers/gpu/drm/tiny/bochs.c looks at before it takes a device.
    [Fact]
    public void BochsDisplay_LinuxProbe_FindsWhatItNeeds()
    {
        Assert.Equal(0x1111_1234u, _display.ReadConfig(0, 4));
        Assert.Equal(0x0300_0002u, _display.ReadConfig(8, 4));
        Assert.Equal(0x1100_1AF4u, _display.ReadConfig(0x2C, 4));
        Assert.Equal(VideoMemory, _display.GetBar(0)!.Size);
        Assert.Equal(8u, _display.ReadConfig(0x10, 4));
        Assert.Equal(0u, _display.ReadConfig(0x18, 4));
        Assert.Equal(0xB0C5ul, _registers.ReadMmio(0x500, 2) & 0xFFFF);
        Assert.Equal(VideoMemory / 65536, _registers.ReadMmio(0x514, 2));
        Assert.Equal(8ul, _registers.ReadMmio(0x600, 4));
        _registers.WriteMmio(0x604, 4, 0x1E1E_1E1E);
        Assert.Equal(0x1E1E_1E1Eul, _registers.ReadMmio(0x604, 4));
        Assert.Equal(0xFFul << 8, _registers.ReadMmio(0, 2));
    }

    [Fact]
    public void Reset_ModeIsTheScreens()
    {
        Write(DispiIndex.Enable, 0);
        Assert.False(_display.Mode.IsShown);
        _display.Reset();
        Assert.Equal(new DisplayMode(1280, 800, 32, 5120, 0), _display.Mode);
        Assert.Equal(1280, Read(DispiIndex.XRes));
        Assert.Equal(1280, Read(DispiIndex.VirtualWidth));
    }

    // The order of bochs_hw_setmode and bochs_hw_setbase.
    [Fact]
    public void Write_AsLinuxDoes_SetsModeAndFlips()
    {
        Write(DispiIndex.Enable, 0);
        Write(DispiIndex.Bpp, 32);
        Write(DispiIndex.XRes, 1024);
        Write(DispiIndex.YRes, 768);
        Write(DispiIndex.Bank, 0);
        Write(DispiIndex.VirtualWidth, 1024);
        Write(DispiIndex.VirtualHeight, 4096);
        Write(DispiIndex.XOffset, 0);
        Write(DispiIndex.YOffset, 0);
        Write(DispiIndex.Enable, 0x41);
        Assert.Equal(new DisplayMode(1024, 768, 32, 4096, 0), _display.Mode);
        Write(DispiIndex.VirtualWidth, 1088);
        Write(DispiIndex.XOffset, 8);
        Write(DispiIndex.YOffset, 768);
        Assert.Equal(new DisplayMode(1024, 768, 32, 1088 * 4, (768 * 1088 * 4) + 32), _display.Mode);
        Assert.Equal(VideoMemory / (1088 * 4), Read(DispiIndex.VirtualHeight));
        Assert.True(_display.Changes > 0);
    }

    [Fact]
    public void Write_ThroughPorts_IsTheSame()
    {
        _display.Ports.WritePort(0x1CE, 2, DispiIndex.XRes);
        Assert.Equal(1280u, _display.Ports.ReadPort(0x1CF, 2));
        _display.Ports.WritePort(0x1CF, 2, 800);
        Assert.Equal(800u, _display.Ports.ReadPort(0x1D0, 2));
        Assert.Equal(800, Read(DispiIndex.XRes));
        Assert.Equal((uint)DispiIndex.XRes, _display.Ports.ReadPort(0x1CE, 2));
    }

    [Theory]
    [InlineData(4096, 4097, 32)] // more than video memory
    [InlineData(640, 480, 8)]
    [InlineData(0, 480, 32)]
    [InlineData(640, 0, 32)]
    [InlineData(65535, 65535, 32)]
    public void Write_ImpossibleMode_ShowsNothing(int width, int height, int bpp)
    {
        Write(DispiIndex.XRes, (ushort)width);
        Write(DispiIndex.YRes, (ushort)height);
        Write(DispiIndex.Bpp, (ushort)bpp);
        Assert.False(_display.Mode.IsShown);
    }

    [Fact]
    public void Write_Id_NegotiatesAVersion()
    {
        Write(DispiIndex.Id, 0xB0C4);
        Assert.Equal(0xB0C4, Read(DispiIndex.Id));
        Write(DispiIndex.Id, 0x1234);
        Assert.Equal(0xB0C4, Read(DispiIndex.Id));
        Write(DispiIndex.Enable, DispiIndex.GetCapabilities);
        Assert.Equal(DispiRegisters.MaxWidth, Read(DispiIndex.XRes));
        Assert.Equal(32, Read(DispiIndex.Bpp));
    }

    // bochs_hw_blank.
    [Fact]
    public void Blank_ByTheAttributeRegister_ShowsNothing()
    {
        _registers.WriteMmio(0x402, 1, 1);
        _registers.ReadMmio(0x41A, 1);
        _registers.WriteMmio(0x400, 1, 0);
        Assert.False(_display.Mode.IsShown);
        _registers.WriteMmio(0x402, 1, 1);
        _registers.ReadMmio(0x41A, 1);
        _registers.WriteMmio(0x400, 1, 0x20);
        Assert.True(_display.Mode.IsShown);
    }

    [Fact]
    public void Vga_IndexedRegisters_KeepWhatIsWritten()
    {
        _display.Ports.WritePort(0x3D4, 2, 0x5A0C);
        _display.Ports.WritePort(0x3D4, 1, 0x0D);
        Assert.Equal(0xFFu & 0, _display.Ports.ReadPort(0x3D5, 1));
        _display.Ports.WritePort(0x3D4, 1, 0x0C);
        Assert.Equal(0x5Au, _display.Ports.ReadPort(0x3D5, 1));
        Assert.NotEqual(_display.Ports.ReadPort(0x3DA, 1), _display.Ports.ReadPort(0x3DA, 1));
    }

    [Fact]
    public void ByteOrder_BigEndian_IsPartOfTheMode()
    {
        _registers.WriteMmio(0x604, 4, 0xBEBE_BEBE);
        Assert.True(_display.Mode.IsBigEndian);
        Assert.Equal(0xBEBE_BEBEul, _registers.ReadMmio(0x604, 4));
        _registers.WriteMmio(0x604, 4, 0x1234_5678);
        Assert.True(_display.IsBigEndian);
    }

    [Fact]
    public void AnyWrites_ModeStaysInVideoMemory()
    {
        Gen.Select(Gen.Int[0, 0x620], Gen.Int[0, 3], Gen.ULong, Gen.UShort[0, 3000]).Array[1, 80].Sample(
            writes =>
            {
                foreach ((int offset, int power, ulong wide, ushort narrow) in writes)
                {
                    bool register = (wide & 1) != 0;
                    _registers.WriteMmio(register ? (ulong)(0x500 + (offset % 24)) : (ulong)offset, register ? 2 : 1 << power, register ? narrow : wide);
                    _registers.ReadMmio((ulong)offset, 1 << power);
                    if ((wide & 6) == 0)
                    {
                        Write(DispiIndex.Enable, 1);
                        Write(DispiIndex.Bpp, 32);
                    }

                    DisplayMode mode = _display.Mode;
                    Assert.True(mode.End <= VideoMemory);
                    Assert.True(!mode.IsShown || (mode.Stride >= mode.LineBytes && mode.Height != 0));
                }
            },
            iter: 300,
            threads: 1);
    }

    [Fact]
    public void RandomAccesses_NeverThrow()
    {
        PortFuzz.Run(_display.Ports, [0x1CE, 0x1CF, 0x1D0, 0x3C0, 0x3C1, 0x3C4, 0x3DA, 0x3DF], 2);
        PortFuzz.Run(_registers, [0], 3, random =>
        {
            ulong offset = (ulong)random.Next(0x1000);
            _registers.WriteMmio(offset, 1 << random.Next(4), (ulong)random.NextInt64());
            _registers.ReadMmio(offset, 1 << random.Next(4));
        });
    }

    private ushort Read(int index) => (ushort)_registers.ReadMmio(0x500 + (ulong)(2 * index), 2);

    private void Write(int index, ushort value) => _registers.WriteMmio(0x500 + (ulong)(2 * index), 2, value);
}
