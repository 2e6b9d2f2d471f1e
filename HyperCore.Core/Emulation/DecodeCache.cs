using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using Iced.Intel;

namespace HyperCore.Core.Emulation;

/// <summary>
/// Decodes the instruction at RIP with Iced's decoder, and remembers what Iced said of the exact same bytes at the exact same RIP in the same
/// mode, because most exits come from few instructions. One byte's difference, a prefix say, asks the decoder again.
/// </summary>
public sealed class DecodeCache
{
    private const int Entries = 128;

    private readonly InstructionFetcher _fetcher;
    private readonly ByteReader _reader = new();
    private readonly Decoder _decoder16;
    private readonly Decoder _decoder32;
    private readonly Decoder _decoder64;
    private readonly Entry[] _entries = new Entry[Entries];
    private int _current;

    /// <summary>Creates the decoders; nothing is allocated after that.</summary>
    /// <param name="memory">The guest's RAM.</param>
    /// <param name="walker">The walker over its page tables.</param>
    /// <param name="options">Whose instruction set: AMD and Intel differ in a few lengths (66h before a near branch).</param>
    public DecodeCache(GuestMemory memory, GuestPageWalker walker, DecoderOptions options = DecoderOptions.AMD)
    {
        _fetcher = new InstructionFetcher(memory, walker);
        _decoder16 = Decoder.Create(16, _reader, options);
        _decoder32 = Decoder.Create(32, _reader, options);
        _decoder64 = Decoder.Create(64, _reader, options);
    }

    /// <summary>How often the decoder itself was asked.</summary>
    public ulong Misses { get; private set; }

    /// <summary>The instruction of the last <see cref="Decode"/> that was <see cref="FetchResult.Done"/>; valid until the next one.</summary>
    public ref readonly Instruction Current => ref _entries[_current].Instruction;

    /// <summary>The bytes of <see cref="Current"/> and what followed them.</summary>
    public ref readonly InstructionBytes CurrentBytes => ref _entries[_current].Bytes;

    /// <summary>16, 32 or 64: the mode of <see cref="Current"/>.</summary>
    public int Bitness => _entries[_current].Bitness;

    /// <summary>
    /// Decodes the instruction at CS:RIP into <see cref="Current"/>. Bytes that are no instruction decode to
    /// <see cref="Code.INVALID"/>.
    /// </summary>
    public FetchResult Decode(VirtualProcessor cpu)
    {
        Segment code = cpu.GetSegment(SegmentRegister.Cs);
        bool is64Bit = code.Long && (cpu.Efer & ControlBits.EferLongModeActive) != 0;
        int bitness = is64Bit ? 64 : code.Big ? 32 : 16;
        FetchResult result = _fetcher.Fetch(cpu, code, is64Bit, out InstructionBytes bytes);
        if (result != FetchResult.Done)
        {
            return result;
        }

        ulong rip = cpu.Rip;
        _current = (int)(rip ^ (rip >> 7)) & (Entries - 1);
        ref Entry entry = ref _entries[_current];
        if (entry.Rip == rip && entry.Bytes.Low == bytes.Low && entry.Bytes.High == bytes.High
            && entry.Bytes.Length == bytes.Length && entry.Bitness == bitness)
        {
            return FetchResult.Done;
        }

        return DecodeAnew(cpu, code, rip, bitness, ref bytes);
    }

    private FetchResult DecodeAnew(VirtualProcessor cpu, in Segment code, ulong rip, int bitness, ref InstructionBytes bytes)
    {
        ref Entry entry = ref _entries[_current];
        Decoder decoder = bitness == 64 ? _decoder64 : bitness == 32 ? _decoder32 : _decoder16;
        bool complete = true;
        while (true)
        {
            Misses++;
            _reader.Start(bytes);
            decoder.IP = rip;
            decoder.Decode(out entry.Instruction);
            if (decoder.LastError != DecoderError.NoMoreBytes)
            {
                break;
            }

            complete = false;
            entry.Bitness = 0;
            FetchResult result = _fetcher.FetchMore(cpu, code, bitness == 64, ref bytes);
            if (result != FetchResult.Done)
            {
                return result;
            }
        }

        entry.Rip = rip;
        entry.Bytes = bytes;

        // An instruction that crosses a page is not remembered: a look-up compares the bytes of the first page only.
        entry.Bitness = bitness;
        if (!complete)
        {
            entry.Bytes.Length = 0;
        }

        return FetchResult.Done;
    }

    private struct Entry
    {
        public ulong Rip;
        public InstructionBytes Bytes;
        public int Bitness;
        public Instruction Instruction;
    }

    private sealed class ByteReader : CodeReader
    {
        private InstructionBytes _bytes;
        private int _position;

        public void Start(in InstructionBytes bytes)
        {
            _bytes = bytes;
            _position = 0;
        }

        public override int ReadByte() => _position < _bytes.Length ? _bytes[_position++] : -1;
    }
}
