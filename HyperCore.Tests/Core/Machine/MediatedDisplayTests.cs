using System;
using System.Runtime.InteropServices;
using CsCheck;
using HyperCore.Core.Devices;
using HyperCore.Core.Machine;
using HyperCore.Core.Paging;
using HyperCore.Core.Platform;
using HyperCore.Tests.Paging;
using Xunit;

namespace HyperCore.Tests.Core.Machine;

public sealed unsafe class MediatedDisplayTests : IDisposable
{
    private const uint Width = 640;
    private const uint Height = 401;
    private const int VideoMemory = 16 << 20;
    private const ulong RamPhysical = 0x1_0000_0000;
    private const ulong ScreenPhysical = 0x8000_0000;
    private const ulong Base = PlatformLayout.FramebufferBase;

    private readonly CountingFrames _frames = new();
    private readonly NestedPageTable _table;
    private readonly byte[] _ram = GC.AllocateArray<byte>(VideoMemory, pinned: true);
    private readonly byte[] _registers = GC.AllocateArray<byte>(0x1000, pinned: true);
    private readonly DeviceMap _map = new();
    private readonly PciHostBridge _bridge;
    private byte[] _screen = [];
    private HostFramebuffer _host = null!;
    private MediatedDisplay _display = null!;

    public MediatedDisplayTests()
    {
        _table = new NestedPageTable(_frames, has1G: true);
        _table.Create();
        _bridge = new PciHostBridge(_map);
    }

    public void Dispose()
    {
        _table.Destroy();
        Assert.Equal(0, _frames.Outstanding);
    }

    [Fact]
    public void PowerOn_ScreenIsBlackAndInRam()
    {
        Create(hasModes: false);
        Assert.False(_display.IsShown);
        Assert.Equal(-1, _ram.AsSpan().IndexOfAnyExcept((byte)0));
        CheckMapping();
        Assert.True(_table.TryTranslate(Base, out _, out ulong size));
        Assert.Equal(NestedPageTable.Page2M, size);
    }

    [Fact]
    public void Describe_FirmwareModeLiesAtTheStartOfBar0()
    {
        Create(hasModes: false);
        FramebufferDescription description = _display.Describe();
        Assert.Equal(Base, description.GuestPhysical);
        Assert.Equal(_display.Device.Address, description.GuestPhysical);
        Assert.Equal((Width, Height, Width * 4), (description.Width, description.Height, description.Stride));
        DisplayMode mode = _display.Mode;
        Assert.Equal((Width, Height, Width * 4, 0ul), (mode.Width, mode.Height, mode.Stride, mode.Offset));
    }

    [Fact]
    public void Show_SameModeAsTheFixedScreen_MapsTheScreen()
    {
        Create(hasModes: false);
        Assert.True(_display.Show());
        Assert.True(_display.IsDirect);
        Assert.True(_display.TakeRemapped());
        CheckMapping();
        Assert.True(_table.TryTranslate(Base, out ulong physical, out _));
        Assert.Equal(ScreenPhysical, physical);
    }

    [Fact]
    public void SetMode_FixedScreen_GoesBackToRamWithAllPixels()
    {
        Create(hasModes: false);
        _display.Show();
        View(0x1234) = 0xAB;
        Assert.Equal(0xAB, _screen[0x1234]);
        SetMode(800, 600);
        Assert.True(_display.NeedsUpdate);
        _display.Update();
        Assert.False(_display.IsDirect);
        Assert.Equal(0xAB, _ram[0x1234]);
        CheckMapping();
        SetMode((ushort)Width, (ushort)Height);
        _display.Update();
        Assert.True(_display.IsDirect);
        Assert.Equal(0xAB, _screen[0x1234]);
    }

    [Fact]
    public void SetMode_ScreenWithModes_TheRealOneFollows()
    {
        Create(hasModes: true);
        _display.Show();
        SetMode(1024, 768);
        _display.Update();
        Assert.True(_display.IsDirect);
        Assert.Equal(1024, Real(DispiIndex.XRes));
        Assert.Equal(768, Real(DispiIndex.YRes));
        Assert.Equal(1024, Real(DispiIndex.VirtualWidth));
        Assert.Equal(32, Real(DispiIndex.Bpp));
        Assert.Equal(DispiIndex.Enabled | DispiIndex.LinearFramebuffer | DispiIndex.NoClear, Real(DispiIndex.Enable));
        Write(DispiIndex.YOffset, 768);
        _display.Update();
        Assert.Equal(768, Real(DispiIndex.YOffset));
        CheckMapping();

        _display.Hide();
        _host.UseOwnMode();
        Assert.Equal(Width, Real(DispiIndex.XRes));
        Assert.Equal(0, Real(DispiIndex.YOffset));
        _display.Show();
        Assert.Equal(1024, Real(DispiIndex.XRes));
        Assert.Equal(768, Real(DispiIndex.YOffset));
    }

    [Fact]
    public void Flip_FixedScreen_BeginsNoNewPicture()
    {
        Create(hasModes: false);
        SetMode(800, 600);
        _display.Show();
        uint pictures = _display.Pictures;
        byte* first = _display.Picture;
        Write(DispiIndex.YOffset, 600);
        _display.Update();
        Assert.Equal(pictures, _display.Pictures);
        Assert.True(_display.Picture == first + (600 * 3200));
        SetMode(1024, 768);
        _display.Update();
        Assert.NotEqual(pictures, _display.Pictures);
    }

    [Fact]
    public void Blank_PictureGoesAndComesBack()
    {
        Create(hasModes: true);
        _display.Show();
        View(77) = 5;
        _display.Device.Vga.ReadPort(0x3DA, 1);
        _display.Device.Ports.WritePort(0x3C0, 1, 0);
        Assert.True(_display.NeedsUpdate);
        _display.Update();
        Assert.False(_display.IsDirect);
        Assert.False(_display.Mode.IsShown);
        _display.Device.Vga.ReadPort(0x3DA, 1);
        _display.Device.Ports.WritePort(0x3C0, 1, 0x20);
        _display.Update();
        Assert.True(_display.IsDirect);
        Assert.Equal(5, _screen[77]);
    }

    [Fact]
    public void MoveBar_VideoMemoryFollows()
    {
        Create(hasModes: true);
        _display.Show();
        View(4096) = 9;
        WriteBar(0xC800_0000);
        _display.Update();
        CheckMapping();
        Assert.Equal(0xC800_0000ul, _display.Device.Address);
        Assert.Equal(9, View(4096));
        Assert.False(_table.TryTranslate(Base, out _, out _));
        WriteBar(0xFFFF_FFFF);
        _display.Update();
        Assert.False(_table.TryTranslate(0xC800_0000, out _, out _));
        CheckMapping();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WithoutMemoryForTables_NothingOfTheScreenStaysMapped(bool hasModes)
    {
        Create(hasModes);
        for (int spare = 0; spare < 4; spare++)
        {
            _frames.Limit = _frames.Outstanding + spare;
            bool done = _display.Show();
            CheckOrNothing(done);
            SetMode(800, 600);
            CheckOrNothing(_display.Update());
            SetMode((ushort)Width, (ushort)Height);
            CheckOrNothing(_display.Update());
            CheckOrNothing(_display.Hide());
        }

        _frames.Limit = int.MaxValue;
        _display.Show();
        CheckMapping();

        void CheckOrNothing(bool mapped)
        {
            if (mapped)
            {
                CheckMapping();
            }
            else
            {
                Assert.False(_table.TryTranslate(Base, out _, out _));
                Assert.False(_table.TryTranslate(Base + VideoMemory - 1, out _, out _));
            }
        }
    }

    [Fact]
    public void VideoMemoryDevice_AccessByExit_SeesTheSamePixels()
    {
        Create(hasModes: false);
        _display.Show();
        Device device = _map.FindMemory(Base + 0x100, out ulong offset)!;
        device.WriteMmio(offset, 4, 0x11223344);
        Assert.Equal(0x33, View(0x102 - 1));
        Assert.Equal(0x11223344ul, device.ReadMmio(offset, 4));
        Assert.Equal(ulong.MaxValue, device.ReadMmio(VideoMemory, 8));
        device.WriteMmio(ulong.MaxValue - 3, 8, 0);
    }

    // Whatever a guest does to its display: it sees its own pixels, and nothing but video memory is mapped, to its own RAM or the real screen.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AnyStepsOfGuestAndPerson_LoseNoPixelAndMapNothingElse(bool hasModes)
    {
        Create(hasModes);
        byte[] expected = new byte[VideoMemory];
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, DispiIndex.Count], Gen.UShort, Gen.UInt).Array[1, 40].Sample(
            steps =>
            {
                foreach ((int what, int index, ushort value, uint place) in steps)
                {
                    switch (what)
                    {
                        case 0:
                            _display.Show();
                            break;
                        case 1:
                            _display.Hide();
                            _host.UseOwnMode();
                            Array.Fill(_screen, (byte)0x77, 0, (int)_host.Size); // the menu draws
                            break;
                        case 2:
                            SetMode((ushort)(640 + (value % 3 * 160)), (ushort)(401 + (value % 5)));
                            break;
                        case 3:
                            Write(index, value);
                            break;
                        case 4:
                            _display.Device.Ports.WritePort(0x3DA, 2, value);
                            _display.Device.Ports.WritePort(0x3C0, 1, value);
                            break;
                        case 5:
                            WriteBar((value & 1) == 0 ? 0xD000_0000u : place);
                            break;
                        case 6:
                            Write(DispiIndex.YOffset, (ushort)(value % 1000));
                            break;
                        default:
                            if (_display.Device.Address != 0)
                            {
                                View((int)(place % VideoMemory)) = (byte)value;
                                expected[place % VideoMemory] = (byte)value;
                            }

                            break;
                    }

                    _display.Update();
                    CheckMapping();
                }

                _display.Hide();
                Assert.True(_ram.AsSpan().SequenceEqual(expected));
            },
            iter: 60,
            threads: 1);
    }

    private void Create(bool hasModes)
    {
        // A fixed screen has a line more than large pages hold, and nothing behind it: nothing may depend on either.
        _screen = GC.AllocateArray<byte>(hasModes ? VideoMemory : (int)(((Width * 4 * Height) + 4095) & ~4095u), pinned: true);
        fixed (byte* screen = _screen, registers = _registers, ram = _ram)
        {
            HostDispi? modes = hasModes ? new HostDispi(registers, VideoMemory, new DisplayMode(Width, Height, 32, Width * 4, 0)) : null;
            _host = new HostFramebuffer(screen, ScreenPhysical, FramebufferDescription.Bgrx32(0, Width, Height, Width * 4), (ulong)_screen.Length, modes);
            _display = new MediatedDisplay(_host, _table);
            Assert.Equal((ulong)VideoMemory, _display.ShadowSize);
            _bridge.Add(2, 0, _display.Device);
            _bridge.AssignResources();
            _display.Start(ram, RamPhysical);
            Assert.True(_display.PowerOn());
        }
    }

    // Where nested paging lets the guest draw now.
    private ref byte View(int offset)
    {
        Assert.True(_table.TryTranslate(_display.Device.Address + (ulong)offset, out ulong physical, out _));
        return ref (physical >= RamPhysical ? ref _ram[(int)(physical - RamPhysical)] : ref _screen[(int)(physical - ScreenPhysical)]);
    }

    private void CheckMapping()
    {
        ulong address = _display.Device.Address;
        ulong direct = 0;
        for (ulong at = 0xC000_0000; at < 0x1_0000_0000; at += 0x10_0000)
        {
            bool mapped = _table.TryTranslate(at, out ulong physical, out _);
            Assert.Equal(address != 0 && at >= address && at < address + VideoMemory, mapped);
            if (mapped)
            {
                bool onScreen = physical < RamPhysical;
                direct += onScreen ? 1u : 0;
                Assert.Equal((onScreen ? ScreenPhysical : RamPhysical) + (at - address), physical);
                Assert.True(!onScreen || (_display.IsShown && physical - ScreenPhysical < (ulong)_screen.Length));
            }
        }

        Assert.Equal(_display.IsDirect && address != 0, direct != 0);
        Assert.False(_table.TryTranslate(0, out _, out _));
        if (_display.IsDirect && address != 0 && _screen.Length < VideoMemory)
        {
            Assert.True(_table.TryTranslate(address + (ulong)_screen.Length - 1, out ulong last, out _));
            Assert.Equal(ScreenPhysical + (ulong)_screen.Length - 1, last);
            Assert.True(_table.TryTranslate(address + (ulong)_screen.Length, out ulong next, out _));
            Assert.Equal(RamPhysical + (ulong)_screen.Length, next);
        }
    }

    private void SetMode(ushort width, ushort height)
    {
        Write(DispiIndex.Enable, 0);
        Write(DispiIndex.XRes, width);
        Write(DispiIndex.YRes, height);
        Write(DispiIndex.Bpp, 32);
        Write(DispiIndex.Enable, DispiIndex.Enabled | DispiIndex.LinearFramebuffer);
    }

    private void Write(int index, ushort value)
    {
        PciBar bar = _display.Device.GetBar(2)!;
        bar.Device.WriteMmio(0x500 + (ulong)(2 * index), 2, value);
    }

    private ushort Real(int index) => MemoryMarshal.Cast<byte, ushort>(_registers.AsSpan(0x500))[index];

    private void WriteBar(uint address) => _bridge.WriteMmio((2 << 15) + 0x10, 4, address);
}
