using HyperCore.Core.Devices;

namespace HyperCore.Core.Machine;

/// <summary>
/// The mode registers of the machine's own display, where that is a Bochs or QEMU standard VGA: with them the foreground VM's mode becomes the
/// real one. Video memory is never cleared.
/// </summary>
public sealed unsafe class HostDispi
{
    private const uint BytesPerPixel = 4;
    private const int PictureOn = 0x20;

    private readonly byte* _registers;
    private readonly DisplayMode _own;
    private DisplayMode _current;

    /// <summary>Takes the registers over; the mode in force is HyperCore's own.</summary>
    /// <param name="registers">BAR 2 of the display.</param>
    /// <param name="videoMemory">Bytes of video memory.</param>
    /// <param name="own">The mode in force.</param>
    public HostDispi(byte* registers, ulong videoMemory, in DisplayMode own)
    {
        _registers = registers;
        VideoMemory = videoMemory;
        _own = own;
        _current = own;
    }

    /// <summary>Bytes of video memory.</summary>
    public ulong VideoMemory { get; }

    /// <summary>The mode in force.</summary>
    public DisplayMode Current => _current;

    /// <summary>Whether such registers are there and can be used.</summary>
    public static bool IsPresent(byte* registers)
    {
        ushort id = *Register(registers, DispiIndex.Id);
        return id is >= DispiIndex.FirstId and <= DispiIndex.LastId;
    }

    /// <summary>Sets a mode.</summary>
    /// <returns>False when the display cannot show it; HyperCore's own mode is in force then.</returns>
    public bool TrySet(in DisplayMode mode)
    {
        if (mode.Equals(_current))
        {
            return true;
        }

        if (mode.IsShown && mode.BitsPerPixel == 8 * BytesPerPixel && !mode.IsBigEndian && mode.Stride % BytesPerPixel == 0
            && mode.End <= VideoMemory && Program(mode))
        {
            return true;
        }

        SetOwn();
        return false;
    }

    /// <summary>Sets HyperCore's own mode. Also for the panic screen: it does nothing but write registers.</summary>
    public void SetOwn()
    {
        if (!_current.Equals(_own))
        {
            Program(_own);
        }
    }

    private bool Program(in DisplayMode mode)
    {
        // Moving the picture inside the same mode is page flipping, and done without a blank.
        bool moves = mode.HasShapeOf(_current);
        _current = mode;
        if (!moves)
        {
            Write(DispiIndex.Enable, 0);
            Write(DispiIndex.Bpp, (ushort)mode.BitsPerPixel);
            Write(DispiIndex.XRes, (ushort)mode.Width);
            Write(DispiIndex.YRes, (ushort)mode.Height);
            Write(DispiIndex.Bank, 0);
            Write(DispiIndex.Enable, DispiIndex.Enabled | DispiIndex.LinearFramebuffer | DispiIndex.NoClear);
            Write(DispiIndex.VirtualWidth, (ushort)(mode.Stride / BytesPerPixel));
            TurnPictureOn();
        }

        Write(DispiIndex.XOffset, (ushort)(mode.Offset % mode.Stride / BytesPerPixel));
        Write(DispiIndex.YOffset, (ushort)(mode.Offset / mode.Stride));

        // A display may round what it is told.
        return Read(DispiIndex.XRes) == mode.Width && Read(DispiIndex.YRes) == mode.Height
            && Read(DispiIndex.VirtualWidth) == mode.Stride / BytesPerPixel
            && Read(DispiIndex.XOffset) == mode.Offset % mode.Stride / BytesPerPixel
            && Read(DispiIndex.YOffset) == mode.Offset / mode.Stride;
    }

    // Reading input status 1 makes the attribute port take an index.
    private void TurnPictureOn()
    {
        byte* ports = _registers + BochsDisplayRegisters.VgaOffset;
        ports[0x3C2 - VgaRegisters.FirstPort] = 1; // colour addresses
        _ = ports[0x3DA - VgaRegisters.FirstPort];
        ports[0] = PictureOn;
    }

    private ushort Read(int index) => *Register(_registers, index);

    private void Write(int index, ushort value) => *Register(_registers, index) = value;

    private static ushort* Register(byte* registers, int index) => (ushort*)(registers + BochsDisplayRegisters.DispiOffset) + index;
}
