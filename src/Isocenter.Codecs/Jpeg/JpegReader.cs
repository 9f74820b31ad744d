using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg;

/// <summary>Walks the segments of a code stream from scan to scan (T.81 Annex B).</summary>
/// <remarks>Lenient where decoders are: bytes that belong to no segment are skipped, a missing EOI ends the stream, a
/// stream of tables only may stand before the image.</remarks>
internal ref struct JpegReader(ReadOnlySpan<byte> data, JpegTables tables)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private bool _hasJfif;
    private int _adobeTransform = -1;

    public JpegReader(ReadOnlySpan<byte> data)
        : this(data, new JpegTables())
    {
    }

    /// <summary>Where reading goes on.</summary>
    public int Position { get; set; }

    /// <summary>What the stream has defined so far.</summary>
    public JpegTables Tables { get; } = tables;

    /// <summary>The frame; null until its header was read.</summary>
    public JpegFrame? Frame { get; private set; }

    /// <summary>Rows to assume when neither the frame header nor a DNL segment has them; 0 to insist.</summary>
    public int ExpectedRows { get; set; }

    /// <summary>Reads up to the entropy-coded data of the next scan.</summary>
    /// <returns>The scan, or null at the end of the image.</returns>
    /// <exception cref="CodecException">A segment is damaged, or of a process that is not decoded.</exception>
    public JpegScan? ReadToScan()
    {
        if (Position == 0) FindStart();
        while (TryReadMarker(out byte marker))
        {
            if (marker == JpegMarker.Eoi && Frame is not null) return null;
            if (JpegMarker.StandsAlone(marker)) continue;

            int start = Position;
            if (_data.Length - start < 2) break;
            int length = BinaryPrimitives.ReadUInt16BigEndian(_data[start..]);
            if (length < 2 || length > _data.Length - start)
                throw JpegError.At(start, $"the segment of marker 0xFF{marker:X2} says {length} bytes, {_data.Length - start} are left", "§B.1.1.4");
            var content = _data.Slice(start + 2, length - 2);
            Position = start + length;
            switch (marker)
            {
                case JpegMarker.Dqt:
                    Tables.ReadQuantisation(content, start + 2);
                    break;
                case JpegMarker.Dht:
                    Tables.ReadHuffman(content, start + 2);
                    break;
                case JpegMarker.Dac:
                    Tables.ReadArithmetic(content, start + 2);
                    break;
                case JpegMarker.Dri:
                    Tables.ReadRestartInterval(content, start + 2);
                    break;
                case JpegMarker.App0:
                    _hasJfif |= content.StartsWith("JFIF\0"u8);
                    break;
                case JpegMarker.App14:
                    if (content.Length >= 12 && content.StartsWith("Adobe"u8)) _adobeTransform = content[11];
                    break;
                case JpegMarker.Sos:
                    return ReadScan(content, start + 2);
                case JpegMarker.Dhp or JpegMarker.Exp:
                    throw JpegError.At(start - 2, "the hierarchical mode is not supported", "§J");
                case byte frame when JpegMarker.IsFrame(frame):
                    ReadFrame(frame, content, start + 2);
                    break;
            }
        }
        return null;
    }

    /// <summary>Goes on after a scan. Damage between scans ends the image, and what was decoded so far stays.</summary>
    public JpegScan? ReadNextScan(JpegDamage damage)
    {
        try
        {
            return ReadToScan();
        }
        catch (CodecException error)
        {
            damage.Report(error);
            return null;
        }
    }

    /// <summary>Takes the tables of an abbreviated stream (T.81 §B.5).</summary>
    public readonly void ReadTables(ReadOnlySpan<byte> abbreviated)
    {
        var other = new JpegReader(abbreviated, Tables);
        if (other.ReadToScan() is not null || other.Frame is not null)
            throw JpegError.At(other.Position, "a stream of tables has an image", "§B.5");
    }

    /// <summary>What the segments so far say of the image.</summary>
    public readonly CodeStreamInfo Info(JpegFrame frame) => new(
        frame.Rows, frame.Columns, frame.Components.Length, frame.Precision, IsSigned: false, frame.IsLossless, Transform(frame));

    /// <summary>Skips what may stand before the image.</summary>
    private void FindStart()
    {
        int found = _data.IndexOf((ReadOnlySpan<byte>)[0xFF, JpegMarker.Soi, 0xFF]);
        if (found < 0) throw JpegError.At(0, "no SOI marker: this is no JPEG stream", "§B.2.1");
        Position = found + 2;
    }

    /// <summary>Moves to the code after the next marker.</summary>
    private bool TryReadMarker(out byte marker)
    {
        while (true)
        {
            int found = _data[Position..].IndexOf((byte)0xFF);
            if (found < 0) break;
            int at = Position + found + 1;
            while (at < _data.Length && _data[at] == 0xFF) at++;
            if (at >= _data.Length) break;
            Position = at + 1;
            marker = _data[at];
            // 0 is a stuffed byte of entropy-coded data that nobody decodes; 2 to 0xBF are reserved.
            if (marker >= JpegMarker.Sof0) return true;
        }
        Position = _data.Length;
        marker = 0;
        return false;
    }

    private void ReadFrame(byte marker, ReadOnlySpan<byte> content, int offset)
    {
        if (marker is not (<= JpegMarker.Sof3 or JpegMarker.Sof9 or JpegMarker.Sof10 or JpegMarker.Sof11))
            throw JpegError.At(offset, $"the hierarchical process SOF{marker - JpegMarker.Sof0} is not supported", "§J");
        if (Frame is not null) throw JpegError.At(offset, "a second frame header", "§B.2.1");
        if (content.Length < 6 || content.Length < 6 + 3 * content[5])
            throw JpegError.At(offset, $"a frame header of {content.Length} bytes is too short", "§B.2.2");

        int precision = content[0], count = content[5];
        int rows = BinaryPrimitives.ReadUInt16BigEndian(content[1..]), columns = BinaryPrimitives.ReadUInt16BigEndian(content[3..]);
        bool isLossless = marker is JpegMarker.Sof3 or JpegMarker.Sof11;
        if (isLossless ? precision is < 2 or > 16 : precision is not (8 or 12) || marker == JpegMarker.Sof0 && precision != 8)
            throw JpegError.At(offset, $"a precision of {precision} bits is none of process SOF{marker - JpegMarker.Sof0}", "§B.2.2");
        if (columns == 0) throw JpegError.At(offset + 3, "the image has 0 columns", "§B.2.2");
        if (count == 0) throw JpegError.At(offset + 5, "the image has no components", "§B.2.2");

        var components = new JpegComponent[count];
        for (int i = 0; i < count; i++)
        {
            var entry = content.Slice(6 + 3 * i, 3);
            int horizontal = entry[1] >> 4, vertical = entry[1] & 15;
            if (horizontal is < 1 or > 4 || vertical is < 1 or > 4)
                throw JpegError.At(offset + 7 + 3 * i, $"sampling factors {horizontal} and {vertical} are outside 1 to 4", "§B.2.2");
            components[i] = new JpegComponent
            {
                Index = i,
                Id = entry[0],
                Horizontal = horizontal,
                Vertical = vertical,
                QuantisationTable = entry[2],
            };
        }
        // A DNL segment may also redefine rows that are there.
        if ((rows == 0 || rows != ExpectedRows) && FindNumberOfLines() is > 0 and int lines) rows = lines;
        if (rows == 0) rows = ExpectedRows;
        if (rows == 0) throw JpegError.At(offset + 1, "the image has 0 rows, and no DNL segment tells them", "§B.2.5");
        Frame = new JpegFrame(marker, precision, rows, columns, components);
    }

    /// <summary>Rows of the DNL segment, which ends the first scan; 0 when there is none (T.81 §B.2.5).</summary>
    private readonly int FindNumberOfLines()
    {
        var ahead = this;
        bool isInScan = false;
        while (ahead.TryReadMarker(out byte marker))
        {
            if (JpegMarker.StandsAlone(marker)) continue;
            int at = ahead.Position;
            if (_data.Length - at < 4) break;
            int length = BinaryPrimitives.ReadUInt16BigEndian(_data[at..]);
            if (marker == JpegMarker.Dnl && isInScan && length == 4) return BinaryPrimitives.ReadUInt16BigEndian(_data[(at + 2)..]);
            isInScan |= marker == JpegMarker.Sos;
            ahead.Position = Math.Min(at + length, _data.Length);
        }
        return 0;
    }

    private readonly JpegScan ReadScan(ReadOnlySpan<byte> content, int offset)
    {
        if (Frame is null) throw JpegError.At(offset, "a scan before the frame header", "§B.2.1");
        int count = content.Length > 0 ? content[0] : 0;
        if (count is < 1 or > 4 || content.Length < 4 + 2 * count)
            throw JpegError.At(offset, $"a scan header of {content.Length} bytes for {count} components", "§B.2.3");

        var components = new JpegComponent[count];
        int[] dc = new int[count], ac = new int[count];
        for (int i = 0; i < count; i++)
        {
            byte id = content[1 + 2 * i];
            // Encoders exist that give all components one identifier: then they come in order.
            components[i] = Array.Find(Frame.Components, c => c.Id == id && Array.IndexOf(components, c) < 0)
                ?? throw JpegError.At(offset + 1 + 2 * i, $"component {id} of the scan is not in the frame", "§B.2.3");
            dc[i] = content[2 + 2 * i] >> 4;
            ac[i] = content[2 + 2 * i] & 15;
        }
        var rest = content[(1 + 2 * count)..];
        return new JpegScan
        {
            Components = components,
            DcTables = dc,
            AcTables = ac,
            SpectralStart = rest[0],
            SpectralEnd = rest[1],
            HighBit = rest[2] >> 4,
            LowBit = rest[2] & 15,
            RestartInterval = Tables.RestartInterval,
            DataStart = Position,
        };
    }

    /// <summary>JFIF wins over Adobe, Adobe over the identifiers, as in other decoders.</summary>
    private readonly ColourTransform Transform(JpegFrame frame)
    {
        var components = frame.Components;
        if (components.Length is not (3 or 4)) return ColourTransform.None;
        if (_hasJfif && components.Length == 3) return ColourTransform.Ycc;
        if (_adobeTransform >= 0) return _adobeTransform == 0 ? ColourTransform.None : ColourTransform.Ycc;
        bool isRgb = components is [{ Id: (byte)'R' }, { Id: (byte)'G' }, { Id: (byte)'B' }];
        return isRgb || components.Length == 4 ? ColourTransform.None : ColourTransform.Unknown;
    }
}
