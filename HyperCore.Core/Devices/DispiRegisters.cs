using System;

namespace HyperCore.Core.Devices;

/// <summary>
/// The mode registers of a Bochs display and what they say is shown. Whatever is written, <see cref="Mode"/> lies inside video memory, or shows
/// nothing. Video memory is not cleared when a mode is set.
/// </summary>
public sealed class DispiRegisters
{
    /// <summary>The most pixels in a line.</summary>
    public const ushort MaxWidth = 16384;

    /// <summary>The most lines.</summary>
    public const ushort MaxHeight = 16384;

    private const ushort MinSize = 64;
    private const ushort MaxBpp = 32;

    private readonly ushort[] _registers = new ushort[DispiIndex.Count];
    private readonly ulong _videoMemory;

    /// <summary>Creates the registers of a display that is off.</summary>
    /// <param name="videoMemory">Bytes of video memory, a multiple of 64 KiB.</param>
    public DispiRegisters(ulong videoMemory)
    {
        _videoMemory = videoMemory;
        Reset();
    }

    /// <summary>What is shown; it shows nothing while it is off or the figures make no sense.</summary>
    public DisplayMode Mode { get; private set; }

    /// <summary>Off.</summary>
    public void Reset()
    {
        _registers.AsSpan().Clear();
        _registers[DispiIndex.Id] = DispiIndex.LastId;
        Mode = default;
    }

    /// <summary>Sets the mode that firmware would leave: 32 bits a pixel, from the start of video memory.</summary>
    /// <param name="width">Pixels in a line.</param>
    /// <param name="height">Lines.</param>
    /// <param name="stride">Bytes from one line to the next, a multiple of 4.</param>
    public void SetMode(uint width, uint height, uint stride)
    {
        _registers[DispiIndex.XRes] = (ushort)width;
        _registers[DispiIndex.YRes] = (ushort)height;
        _registers[DispiIndex.Bpp] = MaxBpp;
        _registers[DispiIndex.Enable] = DispiIndex.Enabled | DispiIndex.LinearFramebuffer;
        _registers[DispiIndex.VirtualWidth] = (ushort)(stride / 4);
        Update();
    }

    /// <summary>Reads a register; all ones beyond the last.</summary>
    public ushort Read(int index)
    {
        bool capabilities = (_registers[DispiIndex.Enable] & DispiIndex.GetCapabilities) != 0;
        switch (index)
        {
            case DispiIndex.XRes when capabilities:
                return MaxWidth;
            case DispiIndex.YRes when capabilities:
                return MaxHeight;
            case DispiIndex.Bpp when capabilities:
                return MaxBpp;
            case DispiIndex.VirtualHeight:
                return VirtualHeight();
            case DispiIndex.VideoMemory64K:
                return (ushort)Math.Min(_videoMemory >> 16, ushort.MaxValue);
            default:
                return (uint)index < DispiIndex.Count ? _registers[index] : ushort.MaxValue;
        }
    }

    /// <summary>Writes a register.</summary>
    public void Write(int index, ushort value)
    {
        switch (index)
        {
            case DispiIndex.Id when value is < DispiIndex.FirstId or > DispiIndex.LastId:
            case < 0 or >= DispiIndex.VideoMemory64K:
                return;
            case DispiIndex.Enable when (value & ~_registers[DispiIndex.Enable] & DispiIndex.Enabled) != 0:
                // A mode that is switched on begins with no virtual screen around it.
                _registers[DispiIndex.VirtualWidth] = _registers[DispiIndex.XRes];
                _registers[DispiIndex.XOffset] = 0;
                _registers[DispiIndex.YOffset] = 0;
                break;
        }

        _registers[index] = value;
        Update();
    }

    private void Update() => Mode = TryGetMode(out DisplayMode mode) ? mode : default;

    private bool TryGetMode(out DisplayMode mode)
    {
        mode = default;
        uint width = _registers[DispiIndex.XRes];
        uint height = _registers[DispiIndex.YRes];
        uint bpp = _registers[DispiIndex.Bpp];
        if ((_registers[DispiIndex.Enable] & DispiIndex.Enabled) == 0 || bpp is not (15 or 16 or 24 or 32)
            || width is < MinSize or > MaxWidth || height is < MinSize or > MaxHeight)
        {
            return false;
        }

        uint bytes = (bpp + 7) / 8;
        uint stride = VirtualWidth() * bytes;
        ulong offset = ((ulong)_registers[DispiIndex.YOffset] * stride) + ((ulong)_registers[DispiIndex.XOffset] * bytes);
        mode = new DisplayMode(width, height, bpp, stride, offset);
        return mode.End <= _videoMemory;
    }

    private uint VirtualWidth() => Math.Max(_registers[DispiIndex.VirtualWidth], _registers[DispiIndex.XRes]);

    private ushort VirtualHeight()
    {
        ulong stride = VirtualWidth() * (((ulong)_registers[DispiIndex.Bpp] + 7) / 8);
        return stride == 0 ? (ushort)0 : (ushort)Math.Min(_videoMemory / stride, ushort.MaxValue);
    }
}
