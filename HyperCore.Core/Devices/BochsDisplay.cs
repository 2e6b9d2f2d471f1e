using HyperCore.Core.Platform;
using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// A PCI display with the registers of Bochs and of QEMU's standard VGA (QEMU, "Standard VGA"): BAR 0 is video memory, BAR 2 has the EDID at 0, the
/// VGA ports at 400h, the mode registers at 500h and the byte order at 600h. What it shows is <see cref="Mode"/>; bringing that to a
/// screen is its owner's part.
/// </summary>
public sealed class BochsDisplay : PciFunction
{
    /// <summary>The least video memory, which drawing twice into modes of usual size takes.</summary>
    public const ulong MinVideoMemory = 16 << 20;

    /// <summary>Port of the mode registers' index; the 16-bit data port is the next one, and its twin for word alignment the one after that.</summary>
    public const ushort IndexPort = 0x1CE;

    /// <summary>Number of ports from <see cref="IndexPort"/> on.</summary>
    public const int PortCount = 3;

    private const ushort BochsVendor = 0x1234;
    private const ushort BochsDevice = 0x1111;
    private const uint VgaClass = 0x03_0000;
    private const int SubsystemOffset = 0x2C;
    private const uint QemuSubsystem = 0x1100_1AF4;
    private const int VideoMemoryBar = 0;
    private const int RegistersBar = 2;

    private readonly PciBar _videoMemoryBar;
    private readonly uint _width;
    private readonly uint _height;
    private readonly uint _stride;

    /// <summary>Builds the display.</summary>
    /// <param name="videoMemory">Bytes of video memory, a power of two from <see cref="MinVideoMemory"/> on.</param>
    /// <param name="screen">The screen that it says is connected; its size is the mode at power-on and the one preferred.</param>
    public BochsDisplay(ulong videoMemory, in FramebufferDescription screen)
        : base(BochsVendor, BochsDevice, VgaClass, revision: 2)
    {
        _width = screen.Width;
        _height = screen.Height;
        _stride = screen.Stride;
        Registers = new DispiRegisters(videoMemory);
        DefineConfig(SubsystemOffset, 4, QemuSubsystem, 0);
        _videoMemoryBar = DefineMemoryBar(VideoMemoryBar, videoMemory, VideoMemory, prefetchable: true, fixedAddress: PlatformLayout.FramebufferBase);
        var edid = new byte[Edid.Length];
        Edid.Write(edid, screen.Width, screen.Height);
        DefineMemoryBar(RegistersBar, BochsDisplayRegisters.Length, new BochsDisplayRegisters(this, edid));
        Ports = new DisplayPorts(this);
        Reset();
    }

    /// <summary>The mode registers.</summary>
    public DispiRegisters Registers { get; }

    /// <summary>The VGA registers.</summary>
    public VgaRegisters Vga { get; } = new();

    /// <summary>What answers at <see cref="IndexPort"/> and at the VGA's ports.</summary>
    public Device Ports { get; }

    /// <summary>Video memory, for accesses that come as exits.</summary>
    public VideoMemory VideoMemory { get; } = new();

    /// <summary>The pixels are in the byte order of big-endian machines.</summary>
    public bool IsBigEndian { get; private set; }

    /// <summary>Raised whenever <see cref="Changes"/> grows.</summary>
    public AttentionFlag Attention { get; set; } = new();

    /// <summary>Grows whenever <see cref="Mode"/> or <see cref="Address"/> may have changed.</summary>
    public uint Changes { get; private set; }

    /// <summary>Guest-physical address of video memory; 0 while the guest cannot reach it.</summary>
    public ulong Address => _videoMemoryBar.IsMapped ? _videoMemoryBar.Address : 0;

    /// <summary>What is shown.</summary>
    public DisplayMode Mode
    {
        get
        {
            DisplayMode mode = Registers.Mode;
            return !mode.IsShown || !Vga.IsPictureOn
                ? default
                : new DisplayMode(mode.Width, mode.Height, mode.BitsPerPixel, mode.Stride, mode.Offset, IsBigEndian && mode.BitsPerPixel == 32);
        }
    }

    /// <summary>The mode that firmware would leave: the screen's own.</summary>
    public override void Reset()
    {
        base.Reset();
        IsBigEndian = false;
        Vga.Reset();
        Registers.Reset();
        Registers.SetMode(_width, _height, _stride);
        NoteChange();
    }

    /// <inheritdoc/>
    protected override void OnBarMapped(PciBar bar) => NoteChange();

    /// <inheritdoc/>
    protected override void OnBarUnmapped(PciBar bar) => NoteChange();

    internal void SetByteOrder(bool isBigEndian)
    {
        if (IsBigEndian != isBigEndian)
        {
            IsBigEndian = isBigEndian;
            NoteChange();
        }
    }

    internal void WriteRegister(int index, ushort value)
    {
        Registers.Write(index, value);
        NoteChange();
    }

    internal void WriteVga(ushort port, int size, uint value)
    {
        bool wasOn = Vga.IsPictureOn;
        Vga.WritePort(port, size, value);
        if (Vga.IsPictureOn != wasOn)
        {
            NoteChange();
        }
    }

    private void NoteChange()
    {
        Changes++;
        Attention.IsRaised = true;
    }

    private sealed class DisplayPorts(BochsDisplay display) : Device
    {
        private ushort _index;

        public override string Name => "display";

        public override uint ReadPort(ushort port, int size)
        {
            if (port >= VgaRegisters.FirstPort)
            {
                return display.Vga.ReadPort(port, size);
            }

            return size != 2 ? uint.MaxValue : port == IndexPort ? _index : display.Registers.Read(_index);
        }

        public override void WritePort(ushort port, int size, uint value)
        {
            if (port >= VgaRegisters.FirstPort)
            {
                display.WriteVga(port, size, value);
            }
            else if (size == 2 && port == IndexPort)
            {
                _index = (ushort)value;
            }
            else if (size == 2)
            {
                display.WriteRegister(_index, (ushort)value);
            }
        }

        public override void Reset() => _index = 0;
    }
}
