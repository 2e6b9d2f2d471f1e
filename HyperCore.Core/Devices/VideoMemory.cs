namespace HyperCore.Core.Devices;

/// <summary>
/// Video memory behind a BAR. Nested paging maps it, so a guest reaches it without an exit; this is the way for accesses that come before that,
/// or when there was no memory for page tables. Its first bytes can lie in the real display's memory, the rest in RAM.
/// </summary>
public sealed unsafe class VideoMemory : Device
{
    private byte* _real;
    private byte* _ram;
    private ulong _realLength;
    private ulong _length;

    /// <inheritdoc/>
    public override string Name => "video memory";

    /// <summary>Says where it lies.</summary>
    /// <param name="ram">The RAM, of <paramref name="length"/> bytes; null for no memory at all.</param>
    /// <param name="length">Bytes of video memory.</param>
    /// <param name="real">Where the first bytes are instead.</param>
    /// <param name="realLength">How many those are, at most <paramref name="length"/>.</param>
    public void Place(byte* ram, ulong length, byte* real = null, ulong realLength = 0)
    {
        _ram = ram;
        _length = ram == null ? 0 : length;
        _real = real;
        _realLength = real == null ? 0 : realLength;
    }

    /// <inheritdoc/>
    public override ulong ReadMmio(ulong offset, int size)
    {
        ulong value = 0;
        for (int i = 0; i < size && i < 8; i++)
        {
            byte* at = Find(offset + (ulong)i);
            value |= (at == null ? 0xFFul : *at) << (8 * i);
        }

        return value;
    }

    /// <inheritdoc/>
    public override void WriteMmio(ulong offset, int size, ulong value)
    {
        for (int i = 0; i < size && i < 8; i++)
        {
            byte* at = Find(offset + (ulong)i);
            if (at != null)
            {
                *at = (byte)(value >> (8 * i));
            }
        }
    }

    private byte* Find(ulong offset) => offset >= _length ? null : offset < _realLength ? _real + offset : _ram + offset;
}
